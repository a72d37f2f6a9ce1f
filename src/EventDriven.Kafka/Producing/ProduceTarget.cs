using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Producing;

/// <summary>Whose record it is: what errors, logs and telemetry of one producer name.</summary>
/// <param name="Name">The name of the producer.</param>
/// <param name="Topic">The topic it writes to.</param>
/// <param name="EventType">The type of its events.</param>
internal sealed record ProduceTarget(string Name, string Topic, Type EventType)
{
    /// <summary>The cluster that it writes to.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>How its client chooses the partition of a key.</summary>
    public string Partitioner { get; init; } = "";

    /// <summary>Where its events are told of; null where nobody could listen.</summary>
    public ProducerTelemetry? Telemetry { get; init; }
}
