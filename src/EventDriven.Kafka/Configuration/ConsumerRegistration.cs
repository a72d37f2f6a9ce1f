using Confluent.Kafka;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Configuration;

/// <summary>One call of <c>AddEventConsumer</c>.</summary>
internal sealed record ConsumerRegistration(string Name, string? Cluster) : EndpointRegistration(Name, Cluster)
{
    public const string Section = "Consumers";

    public override string SectionName => Section;

    public override string Subject => Name.Length > 0 ? $"consumer '{Name}'" : $"consumer without a name (topics {string.Join(", ", Topics)})";

    /// <summary>The topics as given in code.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    public required PipelineBlueprint Pipeline { get; init; }

    public Action<ConsumerConfig>? ConfigureClient { get; init; }
}
