using System.Numerics;

namespace EventDriven.Kafka.Offsets;

/// <summary>
/// Which records of one assignment of a partition were received, and which of them are finished. Its <see cref="Position"/> is the only thing that is
/// ever committed (I3): the offset after the highest record below which everything received is finished.
/// </summary>
/// <remarks>
/// Records get consecutive numbers in the order received, so that what the log leaves out (compaction, transaction markers) is no gap here.
/// A ring of offsets and one of bits; no allocation per record. Not thread-safe: its assignment guards it.
/// </remarks>
internal sealed class OffsetLedger
{
    private const int InitialCapacity = 64;

    private long[] _offsets = new long[InitialCapacity];
    private int[] _leaderEpochs = new int[InitialCapacity];
    private ulong[] _finished = new ulong[InitialCapacity / 64];
    private long _end = -1;

    /// <summary>The number of the lowest unfinished record; equal to <see cref="Tail"/> where there is none.</summary>
    public long Head { get; private set; }

    /// <summary>The number that the next record will get.</summary>
    public long Tail { get; private set; }

    /// <summary>Whether a position is known: from the first record, the end of the partition, or where the start was resolved to.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>The offset that may be committed.</summary>
    public Position Position { get; private set; } = new(0, -1);

    /// <summary>The offset of the lowest record received that is not finished; that of the position where there is none.</summary>
    public long LowestOpen => Head < Tail ? OffsetOf(Head) : Position.Offset;

    /// <summary>The offset of the last record received; -1 before the first.</summary>
    public long LastReceived { get; private set; } = -1;

    /// <summary>Whether everything received is finished and the end of the partition was reported behind it.</summary>
    public bool IsAtEnd => HasPosition && Head == Tail && _end >= 0 && Position.Offset >= _end;

    /// <summary>Sets where the assignment starts, before the first record.</summary>
    public void StartAt(Position position)
    {
        HasPosition = true;
        Position = position;
    }

    /// <summary>Whether an offset lies below what was received, or below the position: what comes there comes from a log that has gone back.</summary>
    public bool IsBehind(long offset) => offset <= LastReceived || (HasPosition && offset < Position.Offset);

    /// <summary>Notes a record as in flight.</summary>
    /// <returns>Its number; -1 where the offset was received before in this assignment and must not be handled again.</returns>
    public long Append(long offset, int leaderEpoch)
    {
        if (IsBehind(offset))
        {
            return -1;
        }

        if (!HasPosition)
        {
            StartAt(new Position(offset, -1));
        }

        if (Tail - Head == _offsets.Length)
        {
            Grow();
        }

        var index = (int)(Tail & (_offsets.Length - 1));
        _offsets[index] = offset;
        _leaderEpochs[index] = leaderEpoch;
        _finished[index >> 6] &= ~(1UL << index);
        LastReceived = offset;
        _end = -1;
        return Tail++;
    }

    /// <summary>Notes a record as finished, and moves the position over everything below which nothing is left.</summary>
    public void Finish(long number)
    {
        var mask = _offsets.Length - 1;
        var index = (int)(number & mask);
        _finished[index >> 6] |= 1UL << index;
        if (number != Head)
        {
            return;
        }

        do
        {
            Head++;
            index = (int)(Head & mask);
        }
        while (Head < Tail && (_finished[index >> 6] & (1UL << index)) != 0);

        var last = (int)((Head - 1) & mask);
        Position = new Position(_offsets[last] + 1, _leaderEpochs[last]);
        MoveOverTheEnd();
    }

    /// <summary>Notes that the client has reached the end of the partition: what lies between the last record and there are control records.</summary>
    /// <returns>False where the end lies below what was received before: the log has gone back.</returns>
    public bool ReachEnd(long offset)
    {
        if (IsBehind(offset))
        {
            return false;
        }

        if (!HasPosition)
        {
            StartAt(new Position(offset, -1));
        }

        _end = offset;
        MoveOverTheEnd();
        return true;
    }

    /// <summary>The offset of a record that was received and is not yet below the position.</summary>
    public long OffsetOf(long number) => _offsets[number & (_offsets.Length - 1)];

    private void MoveOverTheEnd()
    {
        if (Head == Tail && _end > Position.Offset)
        {
            // Control records may be of a later leader epoch than the last record: with its epoch, the client would take them for a truncated log.
            Position = new Position(_end, -1);
        }
    }

    private void Grow()
    {
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)_offsets.Length + 1);
        var offsets = new long[capacity];
        var leaderEpochs = new int[capacity];
        var finished = new ulong[capacity / 64];
        for (var number = Head; number < Tail; number++)
        {
            var from = (int)(number & (_offsets.Length - 1));
            var to = (int)(number & (capacity - 1));
            offsets[to] = _offsets[from];
            leaderEpochs[to] = _leaderEpochs[from];
            finished[to >> 6] |= ((_finished[from >> 6] >> (from & 63)) & 1) << (to & 63);
        }

        _offsets = offsets;
        _leaderEpochs = leaderEpochs;
        _finished = finished;
    }
}
