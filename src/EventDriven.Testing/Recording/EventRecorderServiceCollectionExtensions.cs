using EventDriven.Kafka.Pipeline;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the recorder of events to a host under test.</summary>
public static class EventRecorderServiceCollectionExtensions
{
    /// <summary>Records what the host consumes: its <see cref="EventRecorder"/> is then among the services. Call it on the services of the application as it is.</summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddEventRecorder(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(static provider => new EventRecorder(provider));
        services.TryAddSingleton<IPipelineObserver, RecordingObserver>();
        return services;
    }
}
