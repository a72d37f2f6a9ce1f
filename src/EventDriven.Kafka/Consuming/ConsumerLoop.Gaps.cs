using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>What is noticed when the log is not where it should be: events that have expired, and a log that has gone back.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>Looks at a gap before a record: compaction and transaction markers are none, a log that starts above what was expected is.</summary>
    /// <returns>False where the consumer is to stop, and the record not to be taken in.</returns>
    private bool MayFollow(PartitionAssignment assignment, long offset)
    {
        if (assignment.First < 0)
        {
            assignment.First = offset;
        }

        return assignment.Expected < 0 || offset < assignment.Expected || !HasExpired(assignment, assignment.Expected, offset);
    }

    private bool HasExpired(PartitionAssignment assignment, long expected, long found)
    {
        if (_source.GetLogStart(assignment.Id) is not { } start || start <= expected)
        {
            return false;
        }

        var count = Math.Min(start, found) - expected;
        Expired += count;
        LogExpired(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, count, expected, found);
        if (_options.WhenExpired != ExpiredEventsAction.Stop)
        {
            return false;
        }

        End ??= new ConsumerEnd(
            ConsumerEndReason.EventsExpired,
            $"{count} events of {assignment.Id} expired on the broker before they were read: its log starts at offset {start}, the group was at {expected}. "
            + $"Raise the topic's retention, then set the group's offset or {nameof(EventConsumerOptions.WhenExpired)} to {nameof(ExpiredEventsAction.Continue)}.");
        return true;
    }

    /// <summary>A loop that has ended takes nothing in, but must not commit, at its close, a position of the log before it went back (I1).</summary>
    private void NoteWhereTheLogWentBack(PartitionAssignment assignment, long offset)
    {
        if (assignment.IsBehind(offset))
        {
            ReopenWhereTheLogWentBack(assignment, offset);
        }
    }

    private void ReopenWhereTheLogWentBack(PartitionAssignment assignment, long offset)
    {
        var snapshot = assignment.GetSnapshot();
        if (MayRefuseToFollow(assignment))
        {
            if (snapshot.LastReceived >= 0)
            {
                BeginAgainWhereCommitted(assignment, offset, static (loop, asked, points) => loop.OnLookedUpWhereToGoOn(asked, points));
                return;
            }

            if (snapshot.Position is not null)
            {
                RefuseToFollow(assignment, offset);
                return;
            }
        }

        // Nothing was received yet where the log went back while nobody was reading.
        LogWentBack(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, offset, snapshot.LastReceived >= 0 ? snapshot.LastReceived : (snapshot.Position ?? 0) - 1);
        assignment.WasToldWhereToBegin = false;

        // What is unfinished below is still in the log (I1).
        Reopen(assignment, new Position(Math.Min(offset, snapshot.Position ?? offset), -1));
    }
}
