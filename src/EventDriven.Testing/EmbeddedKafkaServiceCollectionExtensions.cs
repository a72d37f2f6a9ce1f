using EventDriven.Kafka;
using EventDriven.Kafka.Security;
using EventDriven.Testing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts an application's consumers and producers on an embedded Kafka.</summary>
public static class EmbeddedKafkaServiceCollectionExtensions
{
    /// <summary>
    /// Puts the consumers and producers of a cluster on an embedded Kafka, whatever code and configuration say. Call it on the services of the application
    /// as it is, after its own registrations or before.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="kafka">The embedded Kafka. It must live longer than the host.</param>
    /// <param name="cluster">The name of the cluster, as <c>AddEventDriven</c> was given it. The default value is <c>Kafka</c>.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="cluster"/> is null or blank, or another argument is null.</exception>
    /// <remarks>
    /// The cluster's section <c>Security</c>, and client settings for security (<c>security.</c>, <c>sasl.</c>, <c>ssl.</c>) are taken out: the embedded Kafka speaks plaintext. The settings of
    /// all consumers by which new records come without delay (<see cref="EmbeddedKafka.ConsumerSettings"/>) are added, unless their own <c>Client</c> has them.
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
            foreach (var name in options.Client?.Keys.Where(SecuritySettings.IsSecurity).ToArray() ?? []) options.Client!.Remove(name);
        });
        services.PostConfigureAll<EventConsumerOptions>(options =>
        {
            options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in kafka.ConsumerSettings)
            {
                if (name.StartsWith("fetch.", StringComparison.Ordinal)) options.Client.TryAdd(name, value);
            }
        });
        return services;
    }
}
