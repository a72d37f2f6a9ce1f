using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Failures;

/// <summary>The events of a host that are held at this moment, by consumer. As many at most as are in flight. Thread-safe.</summary>
internal sealed class HeldEvents(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Consumer, PartitionId Partition, long Offset), HeldEvent> _held = [];

    /// <summary>Notes that an event is held, or what is wrong now.</summary>
    public void Hold(string consumer, in ConsumedRecord record, HoldReason reason, string problem)
    {
        var key = KeyOf(consumer, record);
        lock (_gate)
        {
            _held[key] = new HeldEvent
            {
                Topic = record.Topic,
                Partition = record.Partition,
                Offset = record.Offset,
                Reason = reason,
                Problem = problem,
                Since = _held.TryGetValue(key, out var before) && before.Reason == reason ? before.Since : time.GetUtcNow(),
            };
        }
    }

    /// <summary>Notes that it is held no longer.</summary>
    public void Release(string consumer, in ConsumedRecord record)
    {
        lock (_gate)
        {
            _held.Remove(KeyOf(consumer, record));
        }
    }

    public bool IsHeld(string consumer, PartitionId partition, long offset)
    {
        lock (_gate)
        {
            return _held.ContainsKey((consumer, partition, offset));
        }
    }

    /// <summary>Those of a consumer, oldest first.</summary>
    public IReadOnlyList<HeldEvent> Of(string consumer)
    {
        lock (_gate)
        {
            return [.. _held.Where(held => held.Key.Consumer == consumer).Select(static held => held.Value).OrderBy(static held => held.Since)];
        }
    }

    private static (string Consumer, PartitionId Partition, long Offset) KeyOf(string consumer, in ConsumedRecord record) =>
        (consumer, new PartitionId(record.Topic, record.Partition), record.Offset);
}
