using EventDriven.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers Kafka clusters with the configuration of the host.</summary>
public static class EventDrivenHostApplicationBuilderExtensions
{
    /// <summary>
    /// Registers a cluster, named after its configuration section (the last part of it). The first cluster is the one of all consumers and producers that
    /// choose no other.
    /// </summary>
    /// <param name="builder">The host builder.</param>
    /// <param name="section">
    /// The section of the configuration: the options of the cluster, and those of its consumers and producers under <c>Consumers</c> and <c>Producers</c>.
    /// </param>
    /// <param name="configure">Sets defaults, which the section replaces.</param>
    /// <returns>The host builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="builder"/> is null, or <paramref name="section"/> is null or empty.</exception>
    /// <remarks>Whatever is wrong is told when the host starts, all at once, by an <see cref="EventDrivenConfigurationException"/>.</remarks>
    public static IHostApplicationBuilder AddEventDriven(
        this IHostApplicationBuilder builder, string section = "Kafka", Action<KafkaClusterOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(section);
        builder.Services.AddEventDriven(builder.Configuration.GetSection(section), configure ?? (static _ => { }));
        return builder;
    }
}
