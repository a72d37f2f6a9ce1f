using System.Numerics;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// The records of one assignment that are not finished, by the number the ledger gave them, each with the number of the next record of its lane.
/// A ring of structs; no allocation per record. Not thread-safe: its assignment guards it.
/// </summary>
internal sealed class RecordBuffer
{
    public const long None = -1;

    private const int InitialCapacity = 64;

    private Slot[] _slots = new Slot[InitialCapacity];

    /// <summary>How many records are held.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they take.</summary>
    public long Bytes { get; private set; }

    public void Add(long number, long head, in ConsumedRecord record)
    {
        if (number - head >= _slots.Length)
        {
            Grow(head, number);
        }

        ref var slot = ref _slots[number & (_slots.Length - 1)];
        slot.Key = record.Key;
        slot.Value = record.Value;
        slot.Headers = record.Headers;
        slot.Origin = record.Origin;
        slot.Offset = record.Offset;
        slot.TimestampMs = record.TimestampMs;
        slot.LeaderEpoch = record.LeaderEpoch;
        slot.Size = record.Size;
        slot.Next = None;
        Count++;
        Bytes += slot.Size;
    }

    /// <summary>Notes when a record came, as a timestamp of the time provider; kept only for those who set it.</summary>
    public void SetReceivedAt(long number, long timestamp) => _slots[number & (_slots.Length - 1)].ReceivedAt = timestamp;

    public long GetReceivedAt(long number) => _slots[number & (_slots.Length - 1)].ReceivedAt;

    /// <summary>The number of the next record of the same lane, or <see cref="None"/>.</summary>
    public long NextOf(long number) => _slots[number & (_slots.Length - 1)].Next;

    /// <summary>When a record is due; null where that is at once.</summary>
    public long? DueAt(long number) => _slots[number & (_slots.Length - 1)].Origin?.DueAt;

    public bool IsTombstone(long number) => _slots[number & (_slots.Length - 1)].Value is null;

    public void Link(long number, long next) => _slots[number & (_slots.Length - 1)].Next = next;

    public ConsumedRecord Get(long number, PartitionId partition)
    {
        ref var slot = ref _slots[number & (_slots.Length - 1)];
        return new ConsumedRecord
        {
            Topic = partition.Topic,
            Partition = partition.Partition,
            Offset = slot.Offset,
            TimestampMs = slot.TimestampMs,
            LeaderEpoch = slot.LeaderEpoch,
            Key = slot.Key,
            Value = slot.Value,
            Headers = slot.Headers,
            Origin = slot.Origin,
        };
    }

    /// <summary>Drops a finished record.</summary>
    /// <returns>The number of the next record of its lane, or <see cref="None"/>.</returns>
    public long Remove(long number)
    {
        ref var slot = ref _slots[number & (_slots.Length - 1)];
        var next = slot.Next;
        Count--;
        Bytes -= slot.Size;
        slot = default;
        return next;
    }

    public void Clear()
    {
        _slots = [];
        Count = 0;
        Bytes = 0;
    }

    private void Grow(long head, long number)
    {
        var slots = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)(number - head + 1))];
        for (var i = head; i < number; i++)
        {
            slots[i & (slots.Length - 1)] = _slots[i & (_slots.Length - 1)];
        }

        _slots = slots;
    }

    private struct Slot
    {
        public byte[]? Key;
        public byte[]? Value;
        public object? Headers;
        public EventOrigin? Origin;
        public long Offset;
        public long TimestampMs;
        public long Next;
        public long ReceivedAt;
        public int LeaderEpoch;
        public int Size;
    }
}
