using Confluent.Kafka;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Transactions;

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

    /// <summary>The names of the topics that failed events go to.</summary>
    public FailureTopics Topics
    {
        get => field ??= new FailureTopics(Group);
        init;
    }

    /// <summary>What its attempts produce goes there, into transactions with its positions; null where it has none.</summary>
    public ConsumerOutputs? Transactions { get; init; }

    /// <summary>The retry topics; null where the policy has no step behind the attempts in place, so that there never were any.</summary>
    public RetryTopics? RetryTopics { get; init; }
}
