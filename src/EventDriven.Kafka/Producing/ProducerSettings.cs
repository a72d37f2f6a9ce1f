using Confluent.Kafka;

namespace EventDriven.Kafka.Producing;

/// <summary>What one producer runs on: its validated options, with the settings of its client composed.</summary>
internal sealed record ProducerSettings
{
    public required string Name { get; init; }

    public required string Cluster { get; init; }

    public required EventProducerOptions Options { get; init; }

    public required ProducerConfig Client { get; init; }
}
