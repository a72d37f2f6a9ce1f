namespace EventDriven.Kafka.Consuming;

/// <content>Backpressure: what is done about partitions that hold as much as they may (I7).</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>How soon a full partition is fetched again once it has room.</summary>
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// How long nothing is taken from the client where no partition that is read has room, before the full ones are paused. A pause makes the client drop what
    /// it has prefetched, and where it reads no other partition of a broker it takes up to a second to fetch again after a resume. Handlers that make no
    /// room in this time need longer than that for the half of the records with which a paused partition goes on: it never runs dry.
    /// </summary>
    private static readonly TimeSpan LongestWaitForRoom = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The same where others have room: they are not stalled by so little. It is for handlers that are only a little slower than the client, which reads one
    /// partition for thousands of records before it turns to the next.
    /// </summary>
    private static readonly TimeSpan LongestWaitBesideOthers = TimeSpan.FromMilliseconds(20);

    /// <summary>In each turn of that wait the handlers must finish this part of what a partition may hold, or it is paused.</summary>
    private const int LeastHeadway = 64;

    /// <summary>
    /// What a record is taken to weigh before one was seen: as much as brokers let it by default (<c>message.max.bytes</c>). All that the first poll takes is held, and a client
    /// that had to wait for its first poll may have many large ones.
    /// </summary>
    private const int LargestUnseenRecord = 1_048_588;

    private long? _withoutRoomSince;
    private long _heldWithoutRoom;
    private int _largestRecord = LargestUnseenRecord;
    private int _largestOfPoll;

    /// <summary>
    /// How many records to ask for: as many as there is room for, whichever partition they are of, since the client hands over all that it takes. By bytes that
    /// is foreseen from the largest record of the poll before. One that is nearly full must not make batches small for long.
    /// </summary>
    private int NextBatch()
    {
        if (_largestOfPoll > 0)
        {
            (_largestRecord, _largestOfPoll) = (_largestOfPoll, 0);
        }

        long most = MaxBatch;
        foreach (var assignment in _current)
        {
            if (assignment.Pauses == PauseReasons.None)
            {
                var (records, bytes) = assignment.Held;
                most = Math.Min(most, Math.Min(_limits.Records - records, (_limits.Bytes - bytes) / _largestRecord));
                if (_limits.IsNearlyFull(records, bytes))
                {
                    BeginToWaitForRoom();
                }
            }
        }

        return (int)Math.Max(1, most);
    }

    /// <summary>Decides what becomes of a partition that has just got full.</summary>
    /// <returns>False where nothing more is to be taken from the client before it has room.</returns>
    private bool MakeWay(PartitionAssignment full)
    {
        // What holds little is full again at once: it must not stall the others (I6). Retry topics are not among those: mostly empty, they would have every full partition
        // paused, and its prefetch lost, and what waits in them can wait a moment longer to be read.
        if (_limits.Records < MaxBatch && Array.Exists(_current, other => other != full && other.RetryTopic is null && other.Pauses == PauseReasons.None))
        {
            SetPause(full, PauseReasons.Backpressure, true);
            return true;
        }

        BeginToWaitForRoom();
        return false;
    }

    private void BeginToWaitForRoom()
    {
        if (_withoutRoomSince is null)
        {
            _withoutRoomSince = _time.GetTimestamp();
            _heldWithoutRoom = long.MaxValue;
        }
    }

    /// <summary>
    /// Whether a partition that is read has no room, but its handlers will soon have made some. Nobody is stalled by a poll thread that takes nothing for a
    /// moment, commands and commits go on, and no prefetch is lost.
    /// </summary>
    private bool IsWaitingForRoom()
    {
        if (_withoutRoomSince is not { } since)
        {
            return false;
        }

        var othersAreRead = false;
        var isFull = false;
        long held = 0;
        foreach (var assignment in _current)
        {
            if (assignment.Pauses == PauseReasons.None)
            {
                if (assignment.HasRoom(_limits))
                {
                    othersAreRead |= assignment.RetryTopic is null;
                }
                else
                {
                    isFull = true;
                    held += assignment.Held.Records;
                }
            }
        }

        var waited = _time.GetElapsedTime(since);
        var mayWait = othersAreRead
            ? _limits.Records >= MaxBatch && waited < LongestWaitBesideOthers && held <= _heldWithoutRoom - (_limits.Records / LeastHeadway)
            : waited < LongestWaitForRoom;
        _heldWithoutRoom = held;
        if (isFull && mayWait)
        {
            return true;
        }

        _withoutRoomSince = null;
        PauseWhatIsFull();
        return false;
    }

    /// <summary>What is paused for another reason is included: it must not be fetched only because that reason has gone.</summary>
    private void PauseWhatIsFull()
    {
        foreach (var assignment in _current)
        {
            if (!assignment.HasRoom(_limits))
            {
                SetPause(assignment, PauseReasons.Backpressure, true);
            }
        }
    }

    private void UpdatePauses()
    {
        foreach (var assignment in _current)
        {
            SetPause(assignment, PauseReasons.Stopped, assignment.StoppedAt is not null);
            if ((assignment.Pauses & PauseReasons.Backpressure) != 0 && assignment.HasRoomAgain(_limits))
            {
                SetPause(assignment, PauseReasons.Backpressure, false);
            }
        }
    }
}
