using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Transactions;

/// <summary>The name and cluster of one transactional producer; its options are named the same.</summary>
internal sealed record TransactionalProducerRegistration(string Name, string? Cluster) : EndpointRegistration(Name, Cluster)
{
    public const string Section = "TransactionalProducers";

    public override string SectionName => Section;

    public override string Subject => $"transactional producer '{Name}'";
}
