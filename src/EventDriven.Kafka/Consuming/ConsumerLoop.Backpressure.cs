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

    private long? _withoutRoomSince;

    /// <summary>Decides what becomes of a partition that has just got full.</summary>
    /// <returns>False where nothing more is to be taken from the client for now.</returns>
    private bool MakeWay(PartitionAssignment full)
    {
        if (Array.Exists(_current, other => other != full && other.RetryTopic is null && other.Pauses == PauseReasons.None))
        {
            // It must not stall the others (I6). Retry topics are not among those: mostly empty, they would have every full partition paused, and its prefetch lost,
            // and what waits in them can wait a moment longer to be read.
            SetPause(full, PauseReasons.Backpressure, true);
            return true;
        }

        _withoutRoomSince ??= _time.GetTimestamp();
        return false;
    }

    /// <summary>Whether no partition that is read has room. Nobody is stalled then by a poll thread that takes nothing for a moment, commands and commits go on, and no prefetch is lost.</summary>
    private bool IsWaitingForRoom()
    {
        if (_withoutRoomSince is not { } since)
        {
            return false;
        }

        var othersAreRead = false;
        var isFull = false;
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
                }
            }
        }

        if (isFull && !othersAreRead && _time.GetElapsedTime(since) < LongestWaitForRoom)
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
