using Confluent.Kafka;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Producing;

/// <summary>What one call of <c>AddEventProducer</c> has collected.</summary>
internal abstract class ProducerBlueprint
{
    public required ProducerRegistration Registration { get; init; }

    /// <summary>The topic as given in code.</summary>
    public required string Topic { get; init; }

    /// <summary>The key of the service; null where it has none.</summary>
    public required object? ServiceKey { get; init; }

    public required Action<ProducerConfig>? ConfigureClient { get; init; }

    public abstract Type EventType { get; }

    /// <summary>The name by which records announce the type, where they do.</summary>
    public required string EventTypeName { get; init; }

    /// <summary>Tells what would keep the producer from being made.</summary>
    public abstract void Check(IServiceProvider services, ICollection<ConfigurationError> errors);

    /// <summary>The serializers that depend on something outside of the process.</summary>
    public abstract IReadOnlyList<(EventComponent Component, IEventSerializerCheck Check)> SerializerChecks(IServiceProvider services);

    /// <summary>The types of values and keys that have a schema, and what shows it.</summary>
    public abstract IReadOnlyList<(EventComponent Component, Type Type, IEventSchema Schema)> Schemas(IServiceProvider services);
}
