using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>What the loop of a consumer with transactions does in place of storing positions.</content>
internal sealed partial class ConsumerLoop : ITransactionOwner
{
    /// <summary>The part of a drain's time that handlers have; the rest is for the commit of what they have finished.</summary>
    private const double HandlersPart = 0.75;

    private ConsumerTransactions? _transactions;
    private Action? _onFinished;
    private bool _transactionsFailing;

    /// <summary>Has positions committed by transactions, instead of by the client in the background. To be called before the start.</summary>
    public void Use(ConsumerTransactions transactions)
    {
        _transactions = transactions;
        _onFinished = transactions.NoteFinished;
    }

    IReadOnlyList<PartitionAssignment> ITransactionOwner.Current => Volatile.Read(ref _current);

    private TimeSpan HandlersBudget => _transactions is null ? _options.DrainTimeout : _options.DrainTimeout * HandlersPart;

    /// <summary>Has what these partitions have finished committed before they go. Nobody who needs the poll thread has a part in it.</summary>
    private void EndTransactionOf(List<PartitionAssignment> revoked, long started)
    {
        if (_transactions is null || revoked.Count == 0)
        {
            return;
        }

        var left = _options.DrainTimeout - _time.GetElapsedTime(started);
        if (Volatile.Read(ref _stop) is { } stop && stop.Left(_time) < left)
        {
            left = stop.Left(_time);
        }

        if (!_transactions.End(revoked, left))
        {
            LogNotEnded(_settings.Name, Describe(revoked.ConvertAll(static assignment => assignment.Id)));
        }
    }

    void ITransactionOwner.OnCommitted(IReadOnlyList<KeyValuePair<PartitionAssignment, Position>> positions) => Post(loop =>
    {
        foreach (var (assignment, position) in positions) loop.Committed[assignment.Id] = position.Offset;
        if (!loop._transactionsFailing) return;

        loop._transactionsFailing = false;
        loop.LogCommitsAgain(loop._settings.Name);
    });

    void ITransactionOwner.OnAborted(IReadOnlyList<PartitionAssignment> assignments, string code, string reason)
    {
        OnTransactionTrouble(code, reason);
        Post(loop => loop.Replay(assignments));
    }

    public void OnTransactionTrouble(string code, string reason) => Post(loop =>
    {
        loop._transactionsFailing = true;
        loop._telemetry?.ClientFailed(code);
        if (loop._errors.Note(new SourceError(SourceErrorKind.Passing, code, reason))) loop.LogClientError(loop._settings.Name, code, reason);
    });

    void ITransactionOwner.OnTransactionsEnded(string code, string reason) => Post(loop =>
        loop.End ??= new ConsumerEnd(ConsumerEndReason.FatalError, $"its transactions can't go on ({code}: {reason})"));

    /// <summary>
    /// Begins partitions again whose last transaction is void. Where they were committed is asked of the brokers, which know it also where no answer came; a transaction that is still
    /// being ended has them wait with theirs.
    /// </summary>
    private void Replay(IReadOnlyList<PartitionAssignment> aborted)
    {
        var again = new List<PartitionAssignment>();
        var isAnyCurrent = false;
        foreach (var assignment in aborted)
        {
            // Revoked, lost or sought since: somebody else has its events, or they begin elsewhere.
            if (!IsCurrent(assignment))
            {
                continue;
            }

            var (start, sought) = (assignment.UncommittedStart, assignment.Sought);
            assignment.Sought = null;
            EndGone(assignment);
            var opened = OpenAgain(assignment);
            isAnyCurrent = true;
            if (start is { } position)
            {
                // Where it begins is known, and nothing was read yet: were it looked up once more, the end of the log would be another.
                opened.Sought = sought;
                BeginAt(opened, position);
                continue;
            }

            (opened.First, opened.Skipped) = (assignment.First, assignment.Skipped);
            SetPause(opened, PauseReasons.Resolving, true);
            again.Add(opened);
        }

        if (!isAnyCurrent)
        {
            return;
        }

        OnAssignmentsChanged();
        CommitStarts();
        if (again.Count > 0) _ = LookUpStartAsync(again, static (loop, aborted, points) => loop.OnReplayLookedUp(aborted, points), _ended.Token);
    }

    private void OnReplayLookedUp(List<PartitionAssignment> assignments, IReadOnlyList<StartingPoint> points)
    {
        foreach (var point in points)
        {
            if (!_assignments.TryGetValue(point.Partition, out var assignment) || !assignments.Contains(assignment))
            {
                continue;
            }

            if (point.Committed is { } committed)
            {
                assignment.StartAt(committed);
                assignment.Expected = committed.Offset;
                SeekTo(assignment, committed.Offset);
            }
            else if (assignment.First >= 0)
            {
                // Nothing of it ever was in a transaction that succeeded: all that was received is handled again.
                BeginAt(assignment, new Position(assignment.First, -1));
            }
            else if (StartOf(assignment.Id).IsOldest)
            {
                GoOnWhereTheClientStarted(assignment);
            }
            else
            {
                // The void transaction was that which held where to begin.
                BeginAt(assignment, new Position(point.Start ?? 0, -1));
            }
        }

        CommitStarts();
    }

    [LoggerMessage(121, LogLevel.Warning, "Consumer '{Consumer}' gives up {Partitions} while their transaction is still being ended. Their next owner waits for that, and handles again what was not committed.")]
    private partial void LogNotEnded(string consumer, string partitions);
}
