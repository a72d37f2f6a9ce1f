using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>Where reading starts.</content>
internal sealed partial class ConsumerLoop
{
    private static readonly TimeSpan LookUpPause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ended = new();
    private readonly List<PartitionAssignment> _starting = [];

    /// <summary>Ends what runs beside the poll thread on behalf of this loop.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    private void LookUpStart(IReadOnlyCollection<PartitionId> partitions)
    {
        var assignments = Owned(partitions);
        _ = _transactions is null
            ? LookUpStartAsync(assignments, static (loop, started, points) => loop.OnLookedUp(started, points), _ended.Token)
            : LookUpBetweenAsync(assignments, static (loop, started, points) => loop.OnLookedUp(started, points));
    }

    /// <summary>
    /// Looks up what is committed once the transaction is over that may be open: it may hold a position of the same partition from before. What a coordinator that brokers have replaced has
    /// thrown out, its successor takes back, the same member in the same generation, whose transaction it accepts.
    /// </summary>
    private async Task LookUpBetweenAsync(
        List<PartitionAssignment> assignments, Action<ConsumerLoop, List<PartitionAssignment>, IReadOnlyList<StartingPoint>> onLookedUp)
    {
        try
        {
            await _transactions!.RunBetweenAsync(static () => Task.CompletedTask).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The transactions have ended, and so does this client.
            return;
        }

        Post(loop => _ = loop.LookUpStartAsync(assignments, onLookedUp, loop._ended.Token));
    }

    /// <summary>Where a partition starts for which the group has no committed position.</summary>
    private StartRule StartOf(PartitionId id)
    {
        // Whatever waits in a retry topic was read before: none of it may be left out.
        if (_retries?.Get(id.Topic) is not null)
        {
            return StartRule.Earliest;
        }

        if (_options.StartOffsets.TryGetValue(id.Topic, out var offsets) && offsets is not null && offsets.TryGetValue(id.Partition, out var offset))
        {
            return StartRule.AtOffset(offset);
        }

        // All that a topic holds which has appeared since the consumer started is newer than that start.
        return _options.StartAt switch
        {
            StartPosition.Timestamp => StartRule.AtTimestamp(_options.StartTimestamp!.Value),
            StartPosition.Latest when !HasAppeared(id.Topic) => StartRule.Latest,
            _ => StartRule.Earliest,
        };
    }

    private async Task LookUpStartAsync(
        List<PartitionAssignment> assignments, Action<ConsumerLoop, List<PartitionAssignment>, IReadOnlyList<StartingPoint>> onLookedUp, CancellationToken ended)
    {
        var rules = assignments.ToDictionary(static assignment => assignment.Id, assignment => StartOf(assignment.Id));
        while (!ended.IsCancellationRequested)
        {
            // Nobody asks for what has left in the meantime.
            var asked = assignments.FindAll(static assignment => !assignment.IsFenced);
            if (asked.Count == 0)
            {
                return;
            }

            try
            {
                var points = await _source.LookUpAsync(asked.ConvertAll(assignment => KeyValuePair.Create(assignment.Id, rules[assignment.Id])), ended).ConfigureAwait(false);
                Post(loop => onLookedUp(loop, asked, points));
                return;
            }
            catch (RecordSourceException exception)
            {
                LogLookUpFailed(_settings.Name, Describe(asked.ConvertAll(static assignment => assignment.Id)), exception.Error.Code, exception.Error.Reason);
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

            if (point.Committed is { } committed)
            {
                CompareStart(assignment, committed);
            }
            else if (point.Start is { } start)
            {
                BeginAt(assignment, new Position(start, -1));
            }
            else
            {
                GoOnWhereTheClientStarted(assignment);
            }
        }

        CommitStarts();
    }

    /// <summary>Compares where the client has started, or will start, with the committed position.</summary>
    private void CompareStart(PartitionAssignment assignment, Position committed)
    {
        assignment.Acknowledged = Math.Max(assignment.Acknowledged, committed.Offset);
        if (assignment.Position is not { } position)
        {
            // Committed already, so not stored again. Where it is committed once more, to show who owns the partition, it keeps the leader epoch by which the next owner
            // finds out that the log has gone back (I1).
            assignment.Stored = committed;
            assignment.StartAt(committed);
            assignment.Expected = committed.Offset;
            if (assignment.Skipped >= 0 && assignment.Skipped < committed.Offset && MayRefuseToFollow(assignment))
            {
                RefuseToFollow(assignment, assignment.Skipped);
                return;
            }
        }
        else if (position.Offset < committed.Offset)
        {
            // The log went back while nobody was reading; what is read now must be committed although it is lower.
            LogWentBack(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, position.Offset, committed.Offset);
            Reopen(assignment, position);
            return;
        }
        else if (assignment.First > committed.Offset)
        {
            HasExpired(assignment, committed.Offset, assignment.First);
        }

        GoOnWhereTheClientStarted(assignment);
    }

    /// <summary>
    /// With a committed position the client starts there by itself, or where it finds that the log has gone back below; with none, at the oldest record where it is to. A seek to the
    /// committed offset would undo that check, so there is one only to what has come and was dropped in the meantime.
    /// </summary>
    private void GoOnWhereTheClientStarted(PartitionAssignment assignment)
    {
        if ((assignment.Pauses & PauseReasons.Resolving) == 0)
        {
            return;
        }

        if (assignment.Skipped >= 0)
        {
            SeekTo(assignment, assignment.Skipped);
        }
        else
        {
            SetPause(assignment, PauseReasons.Resolving, false);
        }
    }

    /// <summary>Begins an epoch where the group's committed position does not lead: nothing is read before the broker has acknowledged that.</summary>
    private void BeginAt(PartitionAssignment assignment, Position position)
    {
        assignment.StartAt(position);
        assignment.UncommittedStart = position;
        assignment.Expected = position.Offset;
        SetPause(assignment, PauseReasons.Resolving, true);
    }

    /// <summary>
    /// Has the broker acknowledge where new epochs begin. Until then a crash would make the next owner begin elsewhere, past events that were meant to be
    /// read (I1) or had run again (I2). One request at a time, so that a later one is never overtaken.
    /// </summary>
    private void CommitStarts()
    {
        if (_starting.Count > 0)
        {
            return;
        }

        foreach (var assignment in _assignments.Values)
        {
            if ((assignment.UncommittedStart ?? ToProve(assignment)) is not { } start)
            {
                continue;
            }

            // What the client has stored from before must not be committed after it: where it does not take this, it is tried again with the next positions.
            Store(assignment, start);
            if (assignment.Stored == start)
            {
                _starting.Add(assignment);
            }
        }

        if (_starting.Count > 0)
        {
            _ = CommitStartsAsync([.. _starting.Select(assignment => KeyValuePair.Create(assignment, assignment.Stored!.Value))]);
        }
    }

    private async Task CommitStartsAsync(KeyValuePair<PartitionAssignment, Position>[] starts)
    {
        try
        {
            var committed = starts;
            await (_transactions is null ? CommitAsync(starts) : _transactions.RunBetweenAsync(() => CommitAsync(committed = Current(starts)))).ConfigureAwait(false);
            Post(loop => loop.OnStartsCommitted(committed));
        }
        catch (RecordSourceException exception)
        {
            Post(loop => loop.OnStartsRefused(starts, exception.Error));
        }
        catch (OperationCanceledException)
        {
            // The client is closing; it commits what was stored, these positions included. With transactions the next owner finds out anew where to begin.
        }
    }

    private Task CommitAsync(KeyValuePair<PartitionAssignment, Position>[] starts) =>
        starts.Length == 0 ? Task.CompletedTask : _source.CommitAsync(Array.ConvertAll(starts, static start => KeyValuePair.Create(start.Key.Id, start.Value)));

    /// <summary>
    /// Those that have not left while a transaction was awaited: brokers would take their positions, and their next owners go back there (I3). Where that transaction has committed a
    /// higher one, over control records, that is committed again: it must not go back either.
    /// </summary>
    private static KeyValuePair<PartitionAssignment, Position>[] Current(KeyValuePair<PartitionAssignment, Position>[] starts)
    {
        var current = Array.FindAll(starts, static start => !start.Key.IsFenced);
        return Array.ConvertAll(current, static start => start.Key.Taken is { } taken && taken.Offset > start.Value.Offset ? KeyValuePair.Create(start.Key, taken) : start);
    }

    private void OnStartsCommitted(KeyValuePair<PartitionAssignment, Position>[] starts)
    {
        _starting.Clear();
        foreach (var (assignment, position) in starts)
        {
            if (!IsCurrent(assignment))
            {
                continue;
            }

            Acknowledge(assignment.Id, position);
            if (assignment.UncommittedStart is not null)
            {
                assignment.UncommittedStart = null;
                SeekTo(assignment, position.Offset);
                assignment.Sought?.TrySetResult();
            }
            else
            {
                Prove(assignment, accepted: true);
            }
        }

        CommitStarts();
    }

    private void OnStartsRefused(KeyValuePair<PartitionAssignment, Position>[] starts, SourceError error)
    {
        // Tried again with the next positions that are stored.
        _starting.Clear();
        foreach (var (assignment, position) in starts)
        {
            LogCommitFailed(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, position.Offset, error.Code, error.Reason);
            Prove(assignment, accepted: false);
        }
    }

    private bool IsCurrent(PartitionAssignment assignment) => _assignments.TryGetValue(assignment.Id, out var current) && current == assignment;
}
