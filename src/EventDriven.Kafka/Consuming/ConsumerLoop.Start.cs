using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>Where reading starts, and what is noticed when the log is not where it should be.</content>
internal sealed partial class ConsumerLoop
{
    private static readonly TimeSpan LookUpPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();

    /// <summary>Ends what runs beside the poll thread on behalf of this loop.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    /// <summary>
    /// Reads a partition from another offset on, in a new epoch: what is in handlers of it is cancelled, what is buffered of it is dropped.
    /// </summary>
    public void Seek(PartitionId id, long offset)
    {
        if (_assignments.TryGetValue(id, out var assignment))
        {
            SeekTo(Reopen(assignment, offset), offset);
        }
    }

    private void LookUpStart(IReadOnlyCollection<PartitionId> partitions)
    {
        var assignments = Owned(partitions);
        _ = LookUpStartAsync(assignments, _ended.Token);
    }

    private async Task LookUpStartAsync(List<PartitionAssignment> assignments, CancellationToken ended)
    {
        var partitions = assignments.ConvertAll(assignment => assignment.Id);
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var points = await _source.LookUpAsync(partitions, _options.StartAt, _options.StartTimestamp, ended).ConfigureAwait(false);
                Post(loop => loop.OnLookedUp(assignments, points));
                return;
            }
            catch (RecordSourceException exception)
            {
                LogLookUpFailed(_settings.Name, Describe(partitions), exception.Error.Code, exception.Error.Reason);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await Task.Delay(LookUpPause, _time, ended).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void OnLookedUp(List<PartitionAssignment> assignments, IReadOnlyList<StartingPoint> points)
    {
        foreach (var point in points)
        {
            // The partition may have gone, or come again as another assignment, in the meantime.
            if (!_assignments.TryGetValue(point.Partition, out var assignment) || !assignments.Contains(assignment))
            {
                continue;
            }

            if ((assignment.Pauses & PauseReasons.Resolving) != 0)
            {
                StartAt(assignment, point);
            }
            else if (point.Committed is { } committed)
            {
                NoticeExpiredAtStart(assignment, committed);
            }
        }
    }

    private void StartAt(PartitionAssignment assignment, StartingPoint point)
    {
        var offset = point.Committed ?? point.Start ?? 0;
        var position = new Position(offset, -1);
        assignment.StartAt(position);
        assignment.Expected = offset;

        // Stored at once: a partition on which nothing is ever finished must have a position too, or the next owner would look up another one.
        Store(assignment, position);
        SeekTo(assignment, offset);
    }

    private void SeekTo(PartitionAssignment assignment, long offset)
    {
        assignment.Expected = offset;
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

    private void SeekAgain(PartitionAssignment assignment, long offset)
    {
        if (_assignments.TryGetValue(assignment.Id, out var current) && current == assignment)
        {
            SeekTo(assignment, offset);
        }
    }

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

    private void NoticeExpiredAtStart(PartitionAssignment assignment, long committed)
    {
        if (assignment.First < 0)
        {
            assignment.Expected = committed;
        }
        else if (assignment.First > committed)
        {
            HasExpired(assignment, committed, assignment.First);
        }
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

    private PartitionAssignment ReopenWhereTheLogWentBack(PartitionAssignment assignment, in ConsumedRecord record)
    {
        LogWentBack(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, record.Offset, assignment.GetSnapshot().LastReceived);
        var reopened = Reopen(assignment, record.Offset);
        reopened.First = record.Offset;
        return reopened;
    }
}
