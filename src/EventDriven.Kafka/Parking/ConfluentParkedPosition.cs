using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>Where one reader stands in one parked log, and what it has ready. Guarded by the lock of the reader.</summary>
/// <param name="partition">The parked partition.</param>
/// <param name="codec">Understands its records.</param>
internal sealed class ConfluentParkedPosition(TopicPartition partition, ParkedEntryCodec codec)
{
    private List<ParkedLogRecord> _ready = [];
    private long _readyBytes;

    /// <summary>Where the next answer begins, if it follows the last one.</summary>
    private long _next = -1;

    /// <summary>The offset after the last that the client has delivered, over what holds no entry.</summary>
    private long _reached = -1;

    public TopicPartition Partition => partition;

    public ParkedEntryCodec Codec => codec;

    public PartitionId Id { get; } = new(partition.Topic, partition.Partition.Value);

    /// <summary>The offset that the client is to be set to; null where it is where it should be.</summary>
    public long? SeekTo { get; private set; }

    /// <summary>Whether the client reads it. Written by the reader's thread only.</summary>
    public bool IsAssigned { get; set; }

    /// <summary>Whether the client's reading is paused. Written by the reader's thread only.</summary>
    public bool IsPaused { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>Whether the client has told, since it reached the position, that nothing is there yet.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The read that waits.</summary>
    public ConfluentParkedRead? Read { get; set; }

    public long ReadyBytes => _readyBytes;

    /// <summary>Whether there is a record, or at least a gap to pass over.</summary>
    public bool HasAnswer => SeekTo is null && (_ready.Count > 0 || _reached > _next);

    /// <summary>Goes to an offset, where it does not stand there already.</summary>
    public void GoTo(long from)
    {
        if (SeekTo == from)
        {
            return;
        }

        if (SeekTo is null && from >= _next && from <= _reached)
        {
            DropBelow(from);
            return;
        }

        Forget();
        SeekTo = from;
    }

    /// <summary>What the client has is of no use any more: it is set anew at the next read.</summary>
    public void Forget()
    {
        _ready = [];
        _readyBytes = 0;
        _next = -1;
        _reached = -1;
        IsAtEnd = false;
        SeekTo = null;
    }

    public void Close()
    {
        Forget();
        IsClosed = true;
    }

    /// <summary>The client was set to an offset.</summary>
    public void OnSet(long offset)
    {
        IsAssigned = true;
        IsPaused = false;
        if (SeekTo != offset)
        {
            // Somebody has asked for another one meanwhile, or for none.
            return;
        }

        SeekTo = null;
        _next = offset;
        _reached = offset;
    }

    /// <summary>The client has delivered a record.</summary>
    public void Add(in ParkedLogRecord record)
    {
        if (SeekTo is not null || _reached < 0 || record.Offset < _reached)
        {
            return;
        }

        _ready.Add(record);
        _readyBytes += record.Size;
        _reached = record.Offset + 1;
        IsAtEnd = false;
    }

    /// <summary>The client has found nothing from an offset on.</summary>
    public void ReachEnd(long end)
    {
        if (SeekTo is not null || _reached < 0 || end < _reached)
        {
            return;
        }

        // Over what holds no entry: markers of transactions.
        _reached = end;
        IsAtEnd = true;
    }

    /// <summary>Takes what is ready, up to a size; at least one record where there is one.</summary>
    /// <param name="maxBytes">The size.</param>
    /// <param name="bounds">What the client knows of the log; null where it knows nothing yet.</param>
    public ParkedLogRead Take(int maxBytes, WatermarkOffsets? bounds)
    {
        var taken = _ready;
        if (_readyBytes > maxBytes)
        {
            var count = 1;
            long bytes = _ready[0].Size;
            while (count < _ready.Count && bytes + _ready[count].Size <= maxBytes)
            {
                bytes += _ready[count++].Size;
            }

            taken = _ready[..count];
            _ready.RemoveRange(0, count);
            _readyBytes -= bytes;
        }
        else
        {
            _ready = [];
            _readyBytes = 0;
        }

        // A gap behind the last that is ready belongs to this answer.
        var from = _next;
        _next = _ready.Count > 0 ? taken[^1].Offset + 1 : _reached;
        return new ParkedLogRead
        {
            Records = taken,
            Next = _next,
            LogStart = bounds is { Low.IsSpecial: false } known ? Math.Min(known.Low.Value, from) : 0,
            LogEnd = bounds is { High.IsSpecial: false } marks ? Math.Max(marks.High.Value, _reached) : _reached,
        };
    }

    private void DropBelow(long from)
    {
        var count = 0;
        while (count < _ready.Count && _ready[count].Offset < from)
        {
            _readyBytes -= _ready[count++].Size;
        }

        _ready.RemoveRange(0, count);
        _next = from;
    }
}
