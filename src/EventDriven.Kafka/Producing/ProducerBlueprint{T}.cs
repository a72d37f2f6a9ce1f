using System.Reflection;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Producing;

/// <summary>What one call of <c>AddEventProducer</c> has collected, and how to make the producer of it.</summary>
internal sealed class ProducerBlueprint<T> : ProducerBlueprint
{
    private const string LogCategory = "EventDriven.Kafka.Producing";

    public required Func<EventKey<T>?>? CreateKey { get; init; }

    /// <summary>The type of the keys; null where there are none.</summary>
    public required Type? KeyType { get; init; }

    public required Func<IServiceProvider, IEventSerializerFactory>? SerializerFactory { get; init; }

    public required bool WritesCloudEvents { get; init; }

    public override Type EventType => typeof(T);

    public override void Check(IServiceProvider services, ICollection<ConfigurationError> errors)
    {
        services.GetRequiredService<ProducerSettingsComposer>().Compose(this, errors);
        CreateSerializer(services, errors);
        CreateEventKey(errors);
    }

    /// <summary>Makes the producer.</summary>
    /// <exception cref="EventDrivenConfigurationException">The registration or its configuration has errors: all are told.</exception>
    public IEventProducer<T> Build(IServiceProvider services)
    {
        var errors = new List<ConfigurationError>();
        var settings = services.GetRequiredService<ProducerSettingsComposer>().Compose(this, errors);
        var serializer = CreateSerializer(services, errors);
        var key = CreateEventKey(errors);
        RegistrationValidator.ThrowIfAny(errors);

        var timeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(LogCategory);
        var target = new ProduceTarget(settings!.Name, settings.Options.Topic, typeof(T));
        var cloudEvents = WritesCloudEvents
            ? new CloudEventHeaders(settings.Options.Source ?? DefaultSource(services), EventTypeName, serializer!.ContentType)
            : null;
        return new EventProducer<T>(
            services.GetRequiredService<ProducerClientPool>().Get(settings.Cluster, settings.Client),
            key!, serializer!, cloudEvents, new ProducerFailures(target, logger, timeProvider), timeProvider);
    }

    /// <summary>Makes the serializer of the values.</summary>
    public IEventSerializer<T> CreateSerializer(IServiceProvider services) =>
        (SerializerFactory?.Invoke(services) ?? JsonEventSerializerFactory.Default).Create<T>(EventComponent.Value);

    private static string DefaultSource(IServiceProvider services) => Uri.EscapeDataString(
        services.GetService<IHostEnvironment>()?.ApplicationName is { Length: > 0 } name ? name : Assembly.GetEntryAssembly()?.GetName().Name ?? "unknown");

    private IEventSerializer<T>? CreateSerializer(IServiceProvider services, ICollection<ConfigurationError> errors)
    {
        try
        {
            return CreateSerializer(services);
        }
#pragma warning disable CA1031 // Whatever a serializer package throws is told with the other errors.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            errors.Add(new ConfigurationError(Registration.Subject, $"serializer of {typeof(T).Name}", thrown.Message));
            return null;
        }
    }

    private EventKey<T>? CreateEventKey(ICollection<ConfigurationError> errors)
    {
        if (CreateKey is null) return new EventKey<T>();
        if (CreateKey() is { } key) return key;

        errors.Add(new ConfigurationError(
            Registration.Subject,
            "KeyedBy",
            $"there is no serializer for keys of type {KeyType}. Select a string, Guid, byte[], short, int, long, float or double, or give a serializer: KeyedBy(selector, serializer)."));
        return null;
    }
}
