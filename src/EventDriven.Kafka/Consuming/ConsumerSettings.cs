using Confluent.Kafka;

namespace EventDriven.Kafka.Consuming;

/// <summary>What the engine runs on: the validated options of one consumer, immutable, with the client's settings composed.</summary>
internal sealed record ConsumerSettings
{
    public required string Name { get; init; }

    public required string Cluster { get; init; }

    public required EventConsumerOptions Options { get; init; }

    /// <summary>Composes the settings of a new client instance: cluster, consumer and ConfigureClient, without what the engine itself sets and owns.</summary>
    public required Func<ConsumerConfig> CreateClientConfig { get; init; }

    public string Group => Options.Group;
}
