using System.Collections.Concurrent;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Hosting;

/// <summary>What the last look at each cluster has found wrong, while it is looked at. Thread-safe.</summary>
internal sealed class ClusterStates
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<ConfigurationError>> _problems = new(StringComparer.Ordinal);

    public void Set(string cluster, IReadOnlyList<ConfigurationError> problems) => _problems[cluster] = problems;

    public IReadOnlyList<ConfigurationError> Of(string cluster) => _problems.GetValueOrDefault(cluster) ?? [];
}
