using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>Assignments: how they begin, are drained, and end.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>How soon a drain inside a revocation notices that the consumer is to stop and has less time left.</summary>
    private static readonly TimeSpan DrainSlice = TimeSpan.FromMilliseconds(100);

    private readonly LingeringAssignments _lingering;
    private StopRequest? _stop;
    private bool _stopping;
    private long? _drainedAt;

    /// <summary>
    /// Whether a stop was asked for and nothing that it waits for is left, or its time for waiting is over. Where a commit that meets a rebalance is refused, it also waits until
    /// the last ones are accepted: the client makes them once the rebalance is over, and none could be made up for after the close (I5). And it waits until a group that this
    /// member is joining has taken it in, because only then does the client tell the group that it leaves.
    /// </summary>
    public bool IsStopComplete => _stopping && (_stop!.Left(_time) <= TimeSpan.Zero || (IsDrained && (!WaitsForCommits || CountUncommitted() == 0) && !_source.IsJoining));

    /// <summary>Transactions are committed at the end of the stop, by their own producer.</summary>
    private bool WaitsForCommits => _transactions is null && _source.RefusesCommitsInRebalance;

    private bool IsDrained => Array.TrueForAll(_current, static assignment => assignment.IsDrained);

    /// <summary>
    /// Asks for a stop: nothing new is fetched or started, what runs may end within the budget. Go on calling <see cref="Step"/> meanwhile, so that the
    /// group keeps this member. Thread-safe.
    /// </summary>
    public void RequestStop(TimeSpan drainBudget) => Volatile.Write(ref _stop, new StopRequest(_time.GetTimestamp(), drainBudget));

    private void BeginStop()
    {
        _stopping = true;
        foreach (var assignment in _current)
        {
            SetPause(assignment, PauseReasons.Stopping, true);
            assignment.BeginDrain(_options.DrainBufferedOnStop, _drain.Set);
        }
    }

    /// <summary>How many partitions have a position that the broker has not acknowledged.</summary>
    private int CountUncommitted() => _current.Count(static assignment => assignment.Position is { } position && position.Offset != assignment.Acknowledged);

    /// <summary>Ends every assignment and stores its last position; the client commits them when it is closed. Those of transactions are committed here.</summary>
    /// <param name="transactionBudget">How long that may take.</param>
    /// <returns>How many events were still in handlers, and were cancelled.</returns>
    public int FinishStop(TimeSpan transactionBudget = default)
    {
        _transactions?.End(_current, transactionBudget);
        var cancelled = 0;
        if (_stopping && WaitsForCommits && IsDrained && CountUncommitted() is var uncommitted and > 0)
        {
            LogLeavesUncommitted(_settings.Name, uncommitted);
        }

        foreach (var assignment in _current)
        {
            cancelled += assignment.GetSnapshot().Running;
            EndOwned(assignment);
        }

        if (_stop is { } stop)
        {
            _telemetry?.Drained(_time.GetElapsedTime(stop.At, _drainedAt ?? _time.GetTimestamp()), inTime: cancelled == 0);
        }

        _assignments.Clear();
        OnAssignmentsChanged();
        return cancelled;
    }

    /// <summary>Ends every assignment without storing anything of it, after an exception: what is held is delivered again.</summary>
    public void Abandon()
    {
        foreach (var assignment in _assignments.Values)
        {
            EndGone(assignment);
        }

        _assignments.Clear();
        OnAssignmentsChanged();
    }

    void IRecordListener.OnAssigned(IReadOnlyCollection<PartitionId> partitions)
    {
        // Whatever it brings: the group has taken this member in.
        Refused = null;

        // With KIP-848 members that keep what they have get an empty call.
        if (partitions.Count == 0)
        {
            return;
        }

        foreach (var id in partitions)
        {
            if (_assignments.TryGetValue(id, out var existing))
            {
                EndGone(existing);
            }

            // With transactions nothing is begun before the committed position is known: what the client begins elsewhere would be in the output twice.
            Open(id, StartOf(id).IsOldest && _transactions is null ? PauseReasons.None : PauseReasons.Resolving);
        }

        OnAssignmentsChanged();
        _telemetry?.Rebalanced("assigned");
        LogAssigned(_settings.Name, Describe(partitions));
        LookUpStart(partitions);
    }

    void IRecordListener.OnRevoked(IReadOnlyCollection<PartitionId> partitions)
    {
        // Lanes that this poll has filled must run, or the drain would wait for them in vain.
        EnqueueReady();
        var revoked = Owned(partitions);
        foreach (var assignment in revoked)
        {
            assignment.BeginDrain(includeBuffered: false, _drain.Set);
        }

        var started = _time.GetTimestamp();
        var drained = WaitUntilDrained(revoked, started);
        EndTransactionOf(revoked, started);
        foreach (var assignment in revoked)
        {
            EndOwned(assignment);
            _assignments.Remove(assignment.Id);
        }

        OnAssignmentsChanged();
        var waited = _time.GetElapsedTime(started);
        _telemetry?.Rebalanced("revoked");
        if (revoked.Count > 0)
        {
            _telemetry?.Drained(waited, drained);
        }

        LogRevoked(_settings.Name, Describe(partitions), drained, waited.TotalMilliseconds);
    }

    void IRecordListener.OnLost(IReadOnlyCollection<PartitionId> partitions)
    {
        foreach (var assignment in Owned(partitions))
        {
            EndGone(assignment);
            _assignments.Remove(assignment.Id);
        }

        OnAssignmentsChanged();
        _telemetry?.Rebalanced("lost");
        LogLost(_settings.Name, Describe(partitions));
    }

    private bool WaitUntilDrained(List<PartitionAssignment> assignments, long started)
    {
        while (true)
        {
            var left = HandlersBudget - _time.GetElapsedTime(started);
            if (Volatile.Read(ref _stop) is { } stop && stop.Left(_time) < left)
            {
                left = stop.Left(_time);
            }

            var slice = left < TimeSpan.Zero ? TimeSpan.Zero : left < DrainSlice ? left : DrainSlice;
            if (_drain.Wait(() => assignments.TrueForAll(assignment => assignment.IsDrained), slice))
            {
                return true;
            }

            if (left <= TimeSpan.Zero)
            {
                return false;
            }
        }
    }

    private PartitionAssignment Open(PartitionId id, PauseReasons pauses)
    {
        var assignment = new PartitionAssignment(id, _options, _queue, _time, _lingering.Of(id), CreateParking(id), _onFinished)
        {
            Pauses = pauses
                | (_paused ? PauseReasons.User : 0)
                | (_pausedPartitions.Contains(id) ? PauseReasons.UserPartition : 0)
                | (_stopping ? PauseReasons.Stopping : 0),
            OnStopped = OnPartitionStopped,
            RetryTopic = _retries?.Get(id.Topic),
        };
        assignment.SetHeld(IsPausedByUser(id));
        if (_stopping)
        {
            assignment.BeginDrain(includeBuffered: false, _drain.Set);
        }

        _assignments[id] = assignment;
        AwaitRebuild(assignment);
        return assignment;
    }

    /// <summary>Opens another epoch of a partition that the client goes on to hold.</summary>
    private PartitionAssignment OpenAgain(PartitionAssignment ended)
    {
        var opened = Open(ended.Id, ended.Pauses & ~PauseReasons.Backpressure);
        (opened.Arrival, opened.ArrivalAwaitedSince, opened.ArrivalPatience) = (ended.Arrival, ended.ArrivalAwaitedSince, ended.ArrivalPatience);
        opened.WasToldWhereToBegin = ended.WasToldWhereToBegin;
        return opened;
    }

    /// <summary>Ends an assignment while its partition is still ours: fence first, so that the position stored is the last one (I3), then store it.</summary>
    private void EndOwned(PartitionAssignment assignment)
    {
        var position = assignment.Fence();
        assignment.Cancel();
        if (position is { } last)
        {
            Store(assignment, last);
        }

        OnEnded(assignment);
    }

    /// <summary>Ends an assignment whose partition is not ours any more: nothing of it is stored (I3).</summary>
    private void EndGone(PartitionAssignment assignment)
    {
        assignment.Fence();
        assignment.Cancel();
        OnEnded(assignment);
    }

    private void OnEnded(PartitionAssignment assignment)
    {
        EndRebuild(assignment);
        assignment.Sought?.TrySetException(new InvalidOperationException(
            $"The seek on {assignment.Id} was not done: the partition was given up, or sought again, before the group had the new position."));
        var snapshot = assignment.GetSnapshot();
        FinishedBefore += snapshot.Finished;
        if (snapshot.Running > 0)
        {
            _lingering.Add(assignment);
        }
    }

    private void OnAssignmentsChanged()
    {
        _last = null;
        _limits = AssignmentLimits.Share(_options, _assignments.Count);
        Volatile.Write(ref _current, [.. _assignments.Values]);
        foreach (var assignment in _current)
        {
            assignment.ShareBudget(_limits);
        }
    }

    /// <summary>Begins a new epoch of a partition at another position: what is in handlers of it is cancelled, what is buffered of it is dropped.</summary>
    private void Reopen(PartitionAssignment assignment, Position position, TaskCompletionSource? sought = null)
    {
        EndGone(assignment);
        var opened = OpenAgain(assignment);
        opened.Sought = sought;
        BeginAt(opened, position);
        OnAssignmentsChanged();
        CommitStarts();
    }

    private List<PartitionAssignment> Owned(IReadOnlyCollection<PartitionId> partitions)
    {
        var owned = new List<PartitionAssignment>(partitions.Count);
        foreach (var id in partitions)
        {
            if (_assignments.TryGetValue(id, out var assignment))
            {
                owned.Add(assignment);
            }
        }

        return owned;
    }

    /// <summary>A stop that was asked for.</summary>
    private sealed record StopRequest(long At, TimeSpan Budget)
    {
        public TimeSpan Left(TimeProvider time) => Budget - time.GetElapsedTime(At);
    }

    private static string Describe(IReadOnlyCollection<PartitionId> partitions) => string.Join(", ", partitions.Order());
}
