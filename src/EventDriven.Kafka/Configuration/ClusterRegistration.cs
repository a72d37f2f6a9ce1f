using Microsoft.Extensions.Configuration;

namespace EventDriven.Kafka.Configuration;

/// <summary>One call of <c>AddEventDriven</c>.</summary>
/// <param name="Name">The name of the cluster, and of its options.</param>
/// <param name="Section">Where its configuration is; null where it is given in code only.</param>
internal sealed record ClusterRegistration(string Name, IConfigurationSection? Section)
{
    public string Subject => $"cluster '{Name}'";
}
