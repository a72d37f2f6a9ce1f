using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Security;
using EventDriven.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts an application's consumers and producers on an embedded Kafka.</summary>
public static class EmbeddedKafkaServiceCollectionExtensions
{
    /// <summary>
    /// Puts the consumers and producers of a cluster on an embedded Kafka, whatever code and configuration say. Call it on the services of the application
    /// as it is, after its own registrations or before; once for each cluster.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="kafka">The embedded Kafka. It must live longer than the host.</param>
    /// <param name="cluster">The name of the cluster, as <c>AddEventDriven</c> was given it. The default value is <c>Kafka</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="cluster"/> is null or blank, or another argument is null.</exception>
    /// <remarks>
    /// The section <c>Security</c> of the cluster is left out, and security (<c>security.</c>, <c>sasl.</c>, <c>ssl.</c>) is taken out of the settings of all clients of the cluster, also where a consumer, a producer or
    /// <c>ConfigureClient</c> set it: the embedded Kafka speaks plaintext. The settings by which new records come without delay
    /// (<see cref="EmbeddedKafka.ConsumerSettings"/>) and clients find brokers that were started again (<c>reconnect.backoff.</c>) are added, unless the application
    /// has them itself. A name that no cluster has is an error at start, since the
    /// test would otherwise reach for the brokers of the configuration; other clusters of the host stay on theirs.
    /// </remarks>
    public static IServiceCollection UseEmbeddedKafka(this IServiceCollection services, EmbeddedKafka kafka, string cluster = "Kafka")
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(kafka);
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);

        services.PostConfigure<KafkaClusterOptions>(cluster, options =>
        {
            options.BootstrapServers = kafka.BootstrapServers;
            options.Security = new KafkaSecurityOptions();
            options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
            RemoveSecurity(options.Client);
            foreach (var (name, value) in kafka.ConsumerSettings)
            {
                if (name.StartsWith("fetch.", StringComparison.Ordinal)) options.Client.TryAdd(name, value);
            }

            // A client that has waited for stopped brokers for a while would look for them every ten seconds.
            options.Client.TryAdd("reconnect.backoff.ms", "20");
            options.Client.TryAdd("reconnect.backoff.max.ms", "200");

            options.OverrideClient = RemoveSecurity;
        });
        services.AddKeyedSingleton<IParkedLogTrimmer>(cluster, new EmbeddedTrimmer(kafka));
        return services.AddSingleton<IRegistrationCheck>(provider => new EmbeddedClusterCheck(provider.GetRequiredService<ClusterDirectory>(), cluster));
    }

    private static void RemoveSecurity(IDictionary<string, string> settings)
    {
        foreach (var name in settings.Keys.Where(SecuritySettings.IsSecurity).ToArray()) settings.Remove(name);
    }
}
