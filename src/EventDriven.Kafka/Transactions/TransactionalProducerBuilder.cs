namespace EventDriven.Kafka;

/// <summary>Says on which cluster, and how, a transactional producer runs its transactions. Not thread-safe.</summary>
public sealed class TransactionalProducerBuilder
{
    private readonly List<Action<TransactionalProducerOptions>> _options = [];

    internal TransactionalProducerBuilder()
    {
    }

    internal string? Cluster { get; private set; }

    internal IReadOnlyList<Action<TransactionalProducerOptions>> Options => _options;

    /// <summary>Chooses a cluster by the name that <c>AddEventDriven</c> gave it. The default value is the first cluster.</summary>
    /// <param name="cluster">The name of the cluster.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="cluster"/> is null or blank.</exception>
    public TransactionalProducerBuilder OnCluster(string cluster)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        Cluster = cluster;
        return this;
    }

    /// <summary>Sets options in code; configuration replaces them. May be called several times.</summary>
    /// <param name="configure">Changes the options.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public TransactionalProducerBuilder Configure(Action<TransactionalProducerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _options.Add(configure);
        return this;
    }
}
