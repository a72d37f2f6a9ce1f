using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.DeadLetters;
using EventDriven.Kafka.Health;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Kafka clusters.</summary>
public static class EventDrivenServiceCollectionExtensions
{
    /// <summary>
    /// Registers a cluster with a configuration section, whose last part names it: <c>configuration.GetSection("Kafka")</c>. The first cluster is the one of
    /// all consumers and producers that choose no other.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section: the options of the cluster, and those of its consumers and producers under <c>Consumers</c> and <c>Producers</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks>Whatever is wrong is told when the host starts, all at once, by an <see cref="EventDrivenConfigurationException"/>.</remarks>
    public static IServiceCollection AddEventDriven(this IServiceCollection services, IConfigurationSection section) =>
        AddEventDriven(services, section, static _ => { });

    /// <summary>Registers a cluster with a configuration section, whose last part names it, and with defaults in code, which the section replaces.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section: the options of the cluster, and those of its consumers and producers under <c>Consumers</c> and <c>Producers</c>.</param>
    /// <param name="configure">Sets the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection AddEventDriven(this IServiceCollection services, IConfigurationSection section, Action<KafkaClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, new ClusterRegistration(section.Key, section), configure);
    }

    /// <summary>Registers a cluster in code, without configuration.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="cluster">The name of the cluster, which consumers and producers choose with <c>OnCluster</c>; the first cluster is the default.</param>
    /// <param name="configure">Sets its options.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException">An argument is null, or <paramref name="cluster"/> is empty.</exception>
    public static IServiceCollection AddEventDriven(this IServiceCollection services, string cluster, Action<KafkaClusterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, new ClusterRegistration(cluster, null), configure);
    }

    private static IServiceCollection Add(IServiceCollection services, ClusterRegistration cluster, Action<KafkaClusterOptions> configure)
    {
        EventDrivenServices.AddShared(services);
        AddHealth(services, cluster.Name);
        services.AddSingleton(cluster);
        services.AddKeyedSingleton<IDeadLetters>(cluster.Name, (provider, _) => Browse(provider, cluster.Name));
        services.TryAddSingleton<IDeadLetters>(provider => Browse(provider, cluster.Name));
        return services.Configure(cluster.Name, configure);
    }

    private static DeadLetterBrowser Browse(IServiceProvider provider, string cluster) =>
        ActivatorUtilities.CreateInstance<DeadLetterBrowser>(provider, ActivatorUtilities.CreateInstance<DeadLetterClients>(provider, cluster));

    private static void AddHealth(IServiceCollection services, string cluster)
    {
        // Two of one name are told at start, and health checks throw of their own accord before that.
        var isKnown = services.Where(static service => service.ServiceType == typeof(ClusterRegistration))
            .Any(service => string.Equals(((ClusterRegistration)service.ImplementationInstance!).Name, cluster, StringComparison.OrdinalIgnoreCase));
        if (isKnown) return;

        services.AddHealthChecks().Add(new HealthCheckRegistration(
            ClusterHealthCheck.NameOf(cluster),
            provider => new ClusterHealthCheck(
                cluster,
                provider.GetRequiredService<ClusterStates>(),
                provider.GetRequiredService<TokenSources>(),
                provider.GetService<ProducerClientPool>(),
                provider.GetRequiredService<TimeProvider>()),
            null,
            ConsumerHealthCheck.Tags));
    }
}
