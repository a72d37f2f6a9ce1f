using Confluent.Kafka;

namespace EventDriven.Testing;

/// <summary>Tells records that the mock cluster dropped by itself from those that a test deleted.</summary>
internal sealed class RetentionGuard
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, long> _deleted = [];

    /// <summary>Deletes records, unless they were deleted before: the mock cluster would move the partition's start back, to offsets it no longer has.</summary>
    internal void Delete(TopicPartition partition, long beforeOffset, Action delete)
    {
        lock (_lock)
        {
            if (_deleted.TryGetValue(partition, out var deleted) && beforeOffset <= deleted)
                return;

            delete();
            _deleted[partition] = beforeOffset;
        }
    }

    /// <summary>Deletes a topic: if it is created again, its offsets start anew.</summary>
    internal void Forget(string topic, Action delete)
    {
        lock (_lock)
        {
            delete();
            foreach (var partition in _deleted.Keys.Where(partition => partition.Topic == topic).ToList())
                _deleted.Remove(partition);
        }
    }

    private long DeletedBefore(TopicPartition partition)
    {
        lock (_lock)
            return _deleted.GetValueOrDefault(partition);
    }

    internal void ThrowIfEvicted(IReadOnlyDictionary<TopicPartition, Watermarks> watermarks)
    {
        var evicted = watermarks
            .Select(entry => (Partition: entry.Key, Deleted: DeletedBefore(entry.Key), entry.Value.Low))
            .Where(found => found.Low > found.Deleted)
            .OrderBy(found => found.Partition.Topic, StringComparer.Ordinal).ThenBy(found => found.Partition.Partition.Value)
            .Select(found => $"{found.Partition.Topic} [{found.Partition.Partition.Value}] lost offsets {found.Deleted} to {found.Low - 1}")
            .ToList();
        if (evicted.Count > 0)
        {
            throw new EmbeddedKafkaException(
                "The embedded broker dropped records, because it keeps only 5 MiB and 100,000 batches per partition: " +
                $"{string.Join("; ", evicted)}. Use more partitions, fewer bytes, or a real broker.");
        }
    }
}
