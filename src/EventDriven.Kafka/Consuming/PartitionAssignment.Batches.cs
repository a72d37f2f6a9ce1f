namespace EventDriven.Kafka.Consuming;

/// <content>
/// Batches: lanes whose next record may start are gathered until there are enough of them, or the oldest has waited long enough, or nothing more will come. A lane
/// is in one batch at a time (I2), with as many of its records as fit. What must not share a batch is handled on its own, by the way of single records.
/// </content>
internal sealed partial class PartitionAssignment
{
    private readonly int _maxBatchEvents;
    private readonly TimeSpan _maxBatchWait;

    /// <summary>Stands in the ready queue for the next batch while its state is ready; null in a consumer of single events.</summary>
    private readonly Lane? _nextBatch;

    /// <summary>Lanes that wait for a batch.</summary>
    private LaneList _gathered;

    /// <summary>How many records they have, those included that may turn out not to start yet.</summary>
    private int _gatheredEvents;

    /// <summary>When the record that has waited longest came; known while fewer are gathered than fill a batch.</summary>
    private long _gatheredSince;

    /// <summary>One for the assignment; it is not set anew for each event.</summary>
    private ITimer? _batchTimer;

    /// <summary>The wait for which the timer is set, as <see cref="_gatheredSince"/>; the highest number where it is not.</summary>
    private long _batchTimerSince = long.MaxValue;

    /// <summary>Whether the partition takes nothing in because it holds too much: no batch waits for records that can't come.</summary>
    private bool _isFull;

    /// <summary>How many records run behind another of the same lane in its batch.</summary>
    private int _runningInSameLane;

    /// <summary>Whether there are enough events for a batch, or no reason to wait for more of them.</summary>
    private bool IsBatchDue =>
        _gatheredEvents >= _maxBatchEvents || _isFull || IsDraining || _stoppedAt is not null || _time.GetElapsedTime(_gatheredSince) >= _maxBatchWait;

    /// <summary>Starts a batch: the next records of the gathered lanes.</summary>
    /// <param name="batch">The batch, empty.</param>
    /// <returns>Whether there is anything in it.</returns>
    public bool BeginBatch(EventBatch batch)
    {
        lock (_gate)
        {
            _nextBatch!.State = LaneState.Idle;
            if (_fenced)
            {
                return false;
            }

            while (batch.Count < _maxBatchEvents && _gathered.First is { } lane)
            {
                RemoveFromGathered(lane);
                if (TryStart(lane))
                {
                    Take(lane, batch);
                }
            }

            if (_gatheredEvents < _maxBatchEvents)
            {
                FindOldestGathered();
            }

            QueueNextBatch();
            return batch.Count > 0;
        }
    }

    /// <summary>Notes how the events of a batch have ended.</summary>
    public void FinishBatch(EventBatch batch)
    {
        List<Lane>? waiters = null;
        lock (_gate)
        {
            for (var first = 0; first < batch.Count;)
            {
                var lane = batch[first].Lane;
                var end = batch.EndOfLane(first);
                _running.Remove(lane);
                _runningInSameLane -= end - first - 1;
                if (lane.Waiters is not null)
                {
                    (waiters ??= []).AddRange(lane.Waiters);
                    lane.Waiters = null;
                }

                if (!_fenced)
                {
                    Settle(lane, batch, first, end);
                }

                first = end;
            }

            QueueNextBatch();
            SignalIfDrained();
        }

        foreach (var waiter in waiters ?? [])
        {
            waiter.Assignment.Unblock(waiter);
        }
    }

    /// <summary>Takes as many records of a lane as fit and may start; the first may.</summary>
    private void Take(Lane lane, EventBatch batch)
    {
        var number = lane.Head;
        batch.Add(lane, number, _records.Get(number, Id));
        for (number = _records.NextOf(number); number != RecordBuffer.None && batch.Count < _maxBatchEvents; number = _records.NextOf(number))
        {
            if (number > _drainLimit || number - _ledger.Head >= _maxReplay || _records.IsTombstone(number) || IsWaiting(number))
            {
                return;
            }

            batch.Add(lane, number, _records.Get(number, Id));
            _highestStarted = Math.Max(_highestStarted, number);
            _runningInSameLane++;
        }
    }

    private void Settle(Lane lane, EventBatch batch, int first, int end)
    {
        var next = first;
        for (; next < end && batch[next].Outcome is BatchOutcome.Handled or BatchOutcome.Filtered; next++)
        {
            _finished++;
            Complete(lane);
        }

        if (lane.Head == RecordBuffer.None)
        {
            Drop(lane);
            return;
        }

        // Whatever came behind an event of its lane that is not finished is not finished either (I2).
        switch (next < end ? batch[next].Outcome : BatchOutcome.Again)
        {
            case BatchOutcome.Failed:
                lane.AloneThrough = batch[next].Number;
                lane.Failure = batch[next].Error;
                break;

            case BatchOutcome.Alone:
                for (; next < end && batch[next].Outcome == BatchOutcome.Alone; next++)
                {
                    lane.AloneThrough = batch[next].Number;
                }

                break;

            case BatchOutcome.Unfinished when IsDraining:
                Hold(lane, LaneState.Held);
                return;
        }

        SetReady(lane);
        if (lane.State == LaneState.Ready)
        {
            _queue.Enqueue(lane);
        }
    }

    /// <summary>Whether the next record of a lane is handled on its own: it has failed in a batch, or its batch has and nobody knows why, or it is a tombstone, which is no event.</summary>
    private bool IsAlone(Lane lane) => lane.Head <= lane.AloneThrough || _records.IsTombstone(lane.Head);

    /// <returns>What the caller enqueues: the lane, the next batch, or nothing.</returns>
    private Lane? AddForBatch(Lane lane, long number, bool isFull)
    {
        _isFull |= isFull;

        // What waits for its time begins to wait for its batch when that has come.
        _records.SetReceivedAt(number, Math.Max(_time.GetTimestamp(), _records.DueAt(number) ?? 0));
        if (lane.State == LaneState.Gathered)
        {
            lane.Gathered++;
            _gatheredEvents++;
        }

        return AddToLane(lane, number) is { State: LaneState.Ready } alone ? alone : TakeNextBatch();
    }

    /// <summary>Lets a lane wait for a batch.</summary>
    /// <returns>False where its next record is handled on its own.</returns>
    private bool TryGather(Lane lane)
    {
        if (lane.Head > _drainLimit)
        {
            // A drain does not wait until a worker has found this out.
            Hold(lane, LaneState.Held);
            return true;
        }

        if (IsAlone(lane))
        {
            return false;
        }

        lane.State = LaneState.Gathered;
        for (var number = lane.Head; number != RecordBuffer.None && lane.Gathered < _maxBatchEvents; number = _records.NextOf(number))
        {
            lane.Gathered++;
        }

        var since = _records.GetReceivedAt(lane.Head);
        _gatheredSince = _gathered.Count == 0 ? since : Math.Min(since, _gatheredSince);
        _gathered.Add(lane);
        _gatheredEvents += lane.Gathered;
        return true;
    }

    private void RemoveFromGathered(Lane lane)
    {
        _gathered.Remove(lane);
        _gatheredEvents -= lane.Gathered;
        lane.Gathered = 0;
    }

    /// <summary>Looks through fewer lanes than a batch has events.</summary>
    private void FindOldestGathered()
    {
        _gatheredSince = long.MaxValue;
        for (var lane = _gathered.First; lane is not null; lane = lane.Next)
        {
            _gatheredSince = Math.Min(_gatheredSince, _records.GetReceivedAt(lane.Head));
        }
    }

    private void QueueNextBatch()
    {
        if (TakeNextBatch() is { } batch)
        {
            _queue.Enqueue(batch);
        }
    }

    /// <summary>What stands for the next batch, where that is due and not queued already; else the wait for it goes on.</summary>
    private Lane? TakeNextBatch()
    {
        if (_gathered.Count == 0 || _fenced || _nextBatch!.State == LaneState.Ready)
        {
            return null;
        }

        if (!IsBatchDue)
        {
            SetBatchTimer();
            return null;
        }

        _nextBatch.State = LaneState.Ready;
        return _nextBatch;
    }

    private void SetBatchTimer()
    {
        if (_gatheredSince >= _batchTimerSince)
        {
            // It ends before this wait does; what is not due then waits on.
            return;
        }

        _batchTimerSince = _gatheredSince;
        _batchTimer ??= _time.CreateTimer(static assignment => ((PartitionAssignment)assignment!).OnBatchTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _batchTimer.SetIn(_maxBatchWait - _time.GetElapsedTime(_gatheredSince));
    }

    private void OnBatchTimer()
    {
        lock (_gate)
        {
            _batchTimerSince = long.MaxValue;
            QueueNextBatch();
        }
    }
}
