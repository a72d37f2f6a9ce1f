using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventDriven.Testing;

/// <summary>
/// Reads what a cluster holds and what groups have committed, with a client of its own that is started on first use.
/// Uses only admin requests that the embedded broker answers; some of the others end the process.
/// </summary>
internal sealed class ClusterObserver : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private readonly Lazy<IAdminClient> _admin;

    internal ClusterObserver(string bootstrapServers) =>
        _admin = new Lazy<IAdminClient>(() => Connect(bootstrapServers));

    /// <summary>The watermarks of every partition of every topic.</summary>
    internal async Task<IReadOnlyDictionary<TopicPartition, Watermarks>> WatermarksAsync(CancellationToken cancellationToken)
    {
        var metadata = await MetadataAsync(cancellationToken).ConfigureAwait(false);
        var partitions = metadata.Topics
            .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))
            .ToList();
        return await AskAsync(partitions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The watermarks of some partitions.</summary>
    internal async Task<IReadOnlyDictionary<TopicPartition, Watermarks>> WatermarksAsync(
        IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        await MetadataAsync(cancellationToken).ConfigureAwait(false);
        return await AskAsync(partitions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All topics, never one by name: asking for a missing topic creates it. It comes before what goes to leaders: one that the client does not know it waits for in a way that may end the process.</summary>
    private Task<Metadata> MetadataAsync(CancellationToken cancellationToken) => Task.Run(() => _admin.Value.GetMetadata(RequestTimeout), cancellationToken);

    private async Task<IReadOnlyDictionary<TopicPartition, Watermarks>> AskAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (partitions.Count == 0)
            return new Dictionary<TopicPartition, Watermarks>();

        var lows = OffsetsAsync(partitions, OffsetSpec.Earliest());
        var highs = OffsetsAsync(partitions, OffsetSpec.Latest());
        await Task.WhenAll(lows, highs).WaitAsync(cancellationToken).ConfigureAwait(false);
        var low = await lows.ConfigureAwait(false);
        var high = await highs.ConfigureAwait(false);
        return partitions.ToDictionary(partition => partition, partition => new Watermarks(low[partition], high[partition]));
    }

    /// <summary>The offset that a group has committed for a partition, or nothing.</summary>
    internal async Task<long?> CommittedAsync(string group, TopicPartition partition, CancellationToken cancellationToken)
    {
        var results = await _admin.Value
            .ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(group, [partition])],
                new ListConsumerGroupOffsetsOptions { RequestTimeout = RequestTimeout })
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        var offset = results[0].Partitions[0].Offset;
        return offset == Offset.Unset ? null : offset.Value;
    }

    public void Dispose()
    {
        if (_admin.IsValueCreated)
            _admin.Value.Dispose();
    }

    private static IAdminClient Connect(string bootstrapServers)
    {
        // Brokers that a test stops on purpose are no news.
        return new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers })
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
    }

    private async Task<Dictionary<TopicPartition, long>> OffsetsAsync(IEnumerable<TopicPartition> partitions, OffsetSpec spec)
    {
#pragma warning disable RS0030 // The leaders are known.
        var result = await _admin.Value
            .ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }),
                new ListOffsetsOptions { RequestTimeout = RequestTimeout })
            .ConfigureAwait(false);
#pragma warning restore RS0030
        return result.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
