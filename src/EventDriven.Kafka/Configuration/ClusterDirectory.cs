using Microsoft.Extensions.Configuration;

namespace EventDriven.Kafka.Configuration;

/// <summary>The clusters of the host, in the order of their registration.</summary>
internal sealed class ClusterDirectory(IEnumerable<ClusterRegistration> registrations)
{
    public IReadOnlyList<ClusterRegistration> Clusters { get; } = [.. registrations];

    /// <summary>The cluster of an endpoint; null if there is none of that name.</summary>
    public ClusterRegistration? Find(EndpointRegistration endpoint) => endpoint.Cluster is null
        ? Clusters.Count > 0 ? Clusters[0] : null
        : Clusters.FirstOrDefault(cluster => string.Equals(cluster.Name, endpoint.Cluster, StringComparison.OrdinalIgnoreCase));

    /// <summary>The same, with an error if there is none.</summary>
    public ClusterRegistration? Find(EndpointRegistration endpoint, ICollection<ConfigurationError> errors)
    {
        var cluster = Find(endpoint);
        if (cluster is not null) return cluster;

        var problem = Clusters.Count == 0
            ? "no cluster is registered. Call AddEventDriven, such as builder.AddEventDriven(\"Kafka\")."
            : $"there is no cluster '{endpoint.Cluster}'.{NearestName.Hint(endpoint.Cluster!, Clusters.Select(static known => known.Name))} "
                + "Register it with AddEventDriven, or choose another with OnCluster.";
        errors.Add(new ConfigurationError(endpoint.Subject, "OnCluster", problem));
        return null;
    }

    /// <summary>The section with the options of an endpoint; null if its cluster has no configuration.</summary>
    public IConfigurationSection? SectionOf(EndpointRegistration endpoint) =>
        endpoint.Name.Length == 0 ? null : Find(endpoint)?.Section?.GetSection(endpoint.SectionName).GetSection(endpoint.Name);
}
