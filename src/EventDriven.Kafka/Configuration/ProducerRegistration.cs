namespace EventDriven.Kafka.Configuration;

/// <summary>The name and cluster of one producer; its options are named the same.</summary>
internal sealed record ProducerRegistration(string Name, string? Cluster) : EndpointRegistration(Name, Cluster)
{
    public const string Section = "Producers";

    public override string SectionName => Section;

    public override string Subject => $"producer '{Name}'";
}
