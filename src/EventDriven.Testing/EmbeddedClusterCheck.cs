using EventDriven.Kafka.Configuration;

namespace EventDriven.Testing;

/// <summary>A test that puts the wrong cluster on the embedded Kafka must not reach for the brokers of the configuration.</summary>
internal sealed class EmbeddedClusterCheck(ClusterDirectory clusters, string cluster) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        // Options are named exactly as their cluster.
        if (clusters.Clusters.Any(known => known.Name == cluster)) return;

        var names = clusters.Clusters.Select(static known => $"'{known.Name}'");
        errors.Add(new ConfigurationError(
            $"cluster '{cluster}'",
            "UseEmbeddedKafka",
            clusters.Clusters.Count == 0
                ? "no cluster is registered. Call AddEventDriven in the application."
                : $"the host has no cluster of this name. Name one that it has: UseEmbeddedKafka(kafka, cluster). There are: {string.Join(", ", names)}."));
    }
}
