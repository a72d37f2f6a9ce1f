namespace EventDriven.Kafka.Configuration;

/// <summary>What consumers and producers have in common: a name, a cluster, and a section of configuration.</summary>
/// <param name="Name">Fixed in code: what configuration says changes no name.</param>
/// <param name="Cluster">The name given to <c>OnCluster</c>; null for the first cluster.</param>
internal abstract record EndpointRegistration(string Name, string? Cluster)
{
    /// <summary>The section of the cluster that holds the options of all endpoints of this kind.</summary>
    public abstract string SectionName { get; }

    /// <summary>Whose errors these are.</summary>
    public abstract string Subject { get; }
}
