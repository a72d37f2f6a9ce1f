namespace EventDriven.Kafka.Consuming;

/// <content>What the client is told of a partition, once it has begun to read it: that it is paused, and where to read on.</content>
internal sealed partial class ConsumerLoop
{
    private readonly List<PartitionId> _arrived = [];

    /// <summary>Whether what comes of a partition is left out, to be read again later: it is not known yet where to begin, or the client is not there yet.</summary>
    private bool IsLeftOut(PartitionAssignment assignment, long offset)
    {
        if (assignment.Arrival == Arrival.None)
        {
            NoteArrival(assignment, offset);
        }

        if ((assignment.Pauses & PauseReasons.Resolving) == 0)
        {
            return false;
        }

        Skip(assignment, offset);
        return true;
    }

    private void SeekTo(PartitionAssignment assignment, long offset)
    {
        if (assignment.Arrival != Arrival.Settled)
        {
            SetPause(assignment, PauseReasons.Resolving, true);
            assignment.AwaitedSeek = offset;
            return;
        }

        if (_source.TrySeek(assignment.Id, offset))
        {
            SetPause(assignment, PauseReasons.Resolving, false);
        }
        else
        {
            // Until the seek is done, what comes is from before it.
            SetPause(assignment, PauseReasons.Resolving, true);
            Post(loop => loop.SeekAgain(assignment, offset));
        }
    }

    /// <summary>
    /// Notes that the client has begun to read a partition. Before that it may be asking where the log begins, and if it is paused, resumed or sought while that is on its way, it
    /// asks once more, half a second later, and goes there from wherever it was sought to (librdkafka, <c>rd_kafka_toppar_handle_Offset</c>). So it is left alone until something comes,
    /// which is dropped where the partition is to be paused, and read again later.
    /// </summary>
    private void NoteArrival(PartitionAssignment assignment, long offset)
    {
        if (assignment.Pauses == PauseReasons.None)
        {
            assignment.Arrival = Arrival.Settled;
            return;
        }

        assignment.Arrival = Arrival.Noted;
        _arrived.Add(assignment.Id);
        if ((assignment.Pauses & PauseReasons.Resolving) == 0)
        {
            assignment.Pauses |= PauseReasons.Resolving;
            assignment.AwaitedSeek = offset;
        }
    }

    /// <summary>Tells the client what was kept from it until it has begun to read, once it has handed over what it had taken: that it is paused, and where to read on.</summary>
    private void SettleWhatHasArrived()
    {
        foreach (var id in _arrived)
        {
            // What was revoked in the meantime, and perhaps has come again, has not arrived.
            if (!_assignments.TryGetValue(id, out var assignment) || assignment.Arrival != Arrival.Noted)
            {
                continue;
            }

            assignment.Arrival = Arrival.Settled;
            _source.Pause(id);
            if (assignment.AwaitedSeek is { } offset)
            {
                assignment.AwaitedSeek = null;
                SeekTo(assignment, offset);
            }
        }

        _arrived.Clear();
    }

    private void SeekAgain(PartitionAssignment assignment, long offset)
    {
        if (IsCurrent(assignment) && (assignment.Pauses & PauseReasons.Resolving) != 0)
        {
            SeekTo(assignment, offset);
        }
    }

    /// <summary>Leaves out what comes before it is known where to start.</summary>
    private static void Skip(PartitionAssignment assignment, long offset) =>
        assignment.Skipped = assignment.Skipped < 0 ? offset : Math.Min(assignment.Skipped, offset);
}
