using System.Runtime.InteropServices;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Consuming;

/// <content>Lanes: which record may start when (I2), and what its end sets free.</content>
internal sealed partial class PartitionAssignment
{
    private readonly PriorityQueue<Lane, long> _waitingForReplay = new();
    private readonly List<Lane> _waitingForRetry = [];
    private readonly List<Lane> _waitingForResume = [];
    private readonly List<Lane> _blocked = [];
    private readonly Stack<Lane> _spare = new();
    private Dictionary<HashedKey, Lane>? _byKey;
    private Lane? _only;

    /// <summary>Lanes in the ready queue, oldest first; the queue may hold others that were ready when they came there.</summary>
    private LaneList _ready;

    /// <summary>Lanes whose record is in its handler, oldest first.</summary>
    private LaneList _running;

    private long _highestStarted = RecordBuffer.None;

    /// <summary>Starts the next record of a lane that came out of the ready queue.</summary>
    public LaneStep Begin(Lane lane, out ConsumedRecord record)
    {
        LaneStep step;
        bool hasToDo;
        lock (_gate)
        {
            if (lane.State != LaneState.Ready || _fenced)
            {
                // A drain has held it since it was enqueued, or the assignment has ended.
                record = default;
                return LaneStep.Release;
            }

            _ready.Remove(lane);
            step = Start(lane, out record);
            hasToDo = _parking is { HasToDo: true };
        }

        if (hasToDo) _parking!.Kick();
        return step;
    }

    /// <summary>Notes how the record that runs in a lane has ended, and starts the lane's next one.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="mayContinue">False when the lane has had its turn: it goes to the end of the ready queue instead.</param>
    /// <param name="next">The next record, where the answer is <see cref="LaneStep.Run"/>.</param>
    public LaneStep Finish(Lane lane, in ProcessingResult result, bool mayContinue, out ConsumedRecord next)
    {
        StoppedAt? stopped = null;
        List<Lane>? waiters;
        LaneStep step;
        bool hasToDo;
        next = default;
        lock (_gate)
        {
            _running.Remove(lane);
            waiters = lane.Waiters;
            lane.Waiters = null;

            // A result of an epoch that has ended changes nothing: the record belongs to another assignment by now (I3).
            step = _fenced ? LaneStep.Release : Settle(lane, result, mayContinue, out next, out stopped);
            SignalIfDrained();
            hasToDo = _parking is { HasToDo: true };
        }

        if (waiters is not null)
        {
            foreach (var waiter in waiters)
            {
                waiter.Assignment.Unblock(waiter);
            }
        }

        if (stopped is not null)
        {
            OnStopped?.Invoke(this, stopped);
        }

        if (hasToDo) _parking!.Kick();
        _onFinished?.Invoke();
        return step;
    }

    private LaneStep Settle(Lane lane, in ProcessingResult result, bool mayContinue, out ConsumedRecord next, out StoppedAt? stopped)
    {
        next = default;
        stopped = null;
        switch (result.Outcome)
        {
            case Outcome.Handled or Outcome.Filtered or Outcome.Parked or Outcome.DeadLettered or Outcome.Skipped:
                _finished++;
                if (lane.Parked is not null)
                {
                    FinishParked(lane, result);
                }
                else
                {
                    if (_outputs is not null) KeepOutput(lane.Head, result.Output);
                    Complete(lane);
                }

                if (lane.Head == RecordBuffer.None && !HasParked(lane))
                {
                    Drop(lane);
                    return LaneStep.Release;
                }

                return mayContinue ? Start(lane, out next) : QueueAgain(lane);

            case Outcome.Unfinished when !IsDraining:
                lane.Parked = null;

                // Nobody asked for it: the record has its turn again.
                return QueueAgain(lane);

            case Outcome.Unfinished:
                lane.Parked = null;
                Hold(lane, LaneState.Held);
                return LaneStep.Release;

            default:
                if (_stoppedAt is null)
                {
                    stopped = new StoppedAt(OffsetOf(lane), result.Attempts, result.Error!, result.Class is FailureClass.Lethal);
                    Volatile.Write(ref _stoppedAt, stopped);
                }

                lane.Parked = null;
                lane.WaitsFor = LaneWait.Retry;
                _waitingForRetry.Add(lane);
                Hold(lane, LaneState.Failed);

                return LaneStep.Release;
        }
    }

    private LaneStep Start(Lane lane, out ConsumedRecord record)
    {
        if (_parking is not null && (!_parking.IsTransparent || lane.Head == RecordBuffer.None))
        {
            return StartBesideParked(lane, out record);
        }

        if (!TryStart(lane))
        {
            record = default;
            return LaneStep.Release;
        }

        record = GetSource(lane.Head);
        return LaneStep.Run;
    }

    /// <summary>Starts a lane whose turn it is, or holds it where its next record must not start.</summary>
    private bool TryStart(Lane lane)
    {
        if (IsHeldOrStopped(lane))
        {
            return false;
        }

        if (lane.Head > _drainLimit)
        {
            Hold(lane, LaneState.Held);
            return false;
        }

        if (TryWaitForTime(lane))
        {
            return false;
        }

        if (lane.Head - _ledger.Head >= _maxReplay)
        {
            Hold(lane, LaneWait.Replay);
            _waitingForReplay.Enqueue(lane, lane.Head);
            return false;
        }

        _highestStarted = Math.Max(_highestStarted, lane.Head);
        SetRunning(lane);
        return true;
    }

    /// <summary>Whether nothing of the partition may start, source record or parked; the lane waits then.</summary>
    private bool IsHeldOrStopped(Lane lane)
    {
        if (_sealed)
        {
            // It could not be committed any more, and would be handled again.
            Hold(lane, LaneState.Held);
            return true;
        }

        if (_held)
        {
            Hold(lane, LaneWait.Resume);
            _waitingForResume.Add(lane);
            return true;
        }

        if (_stoppedAt is not null)
        {
            Hold(lane, LaneWait.Retry);
            _waitingForRetry.Add(lane);
            return true;
        }

        return false;
    }

    private void SetRunning(Lane lane)
    {
        lane.State = LaneState.Running;
        lane.StartedAt = _time.GetTimestamp();
        _running.Add(lane);
    }

    private Lane? AddToLane(Lane lane, long number)
    {
        if (lane.Head == RecordBuffer.None)
        {
            lane.Head = lane.Tail = number;
            if (lane.State != LaneState.Idle)
            {
                // It has to do with what is parked of its key, and finds the record when it is done with that.
                return null;
            }

            if (number > _drainLimit)
            {
                // What arrives during a drain is left to the next owner, and the drain does not wait for it.
                lane.State = LaneState.Held;
                return null;
            }

            if (IsBlocked(lane))
            {
                lane.State = LaneState.Blocked;
                _blocked.Add(lane);
                return null;
            }

            SetReady(lane);
            return lane.State == LaneState.Ready ? lane : null;
        }

        _records.Link(lane.Tail, number);
        lane.Tail = number;
        return null;
    }

    private Lane LaneOf(HashedKey key)
    {
        switch (_ordering)
        {
            case OrderingMode.Partition:
                return _only ??= new Lane(this);

            case OrderingMode.Key when key.Bytes is not null:
                ref var lane = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey ??= [], key, out _);
                if (lane is null)
                {
                    lane = NewLane();
                    lane.Key = key;
                }

                return lane;

            default:
                return NewLane();
        }
    }

    private Lane NewLane() => _spare.TryPop(out var lane) ? lane : new Lane(this);

    /// <summary>Whether handlers of earlier assignments still run in this lane; if so they will unblock it (I2).</summary>
    private bool IsBlocked(Lane lane)
    {
        if (_predecessors.Count == 0 || _ordering == OrderingMode.None || (_ordering == OrderingMode.Key && lane.Key.Bytes is null))
        {
            return false;
        }

        foreach (var predecessor in _predecessors)
        {
            lane.BlockedBy += predecessor.AddWaiter(lane);
        }

        return lane.BlockedBy > 0;
    }

    /// <summary>Makes a lane of a later assignment wait for the record that runs here in the same lane, if one does. Locks go from later to earlier assignments only.</summary>
    private int AddWaiter(Lane waiter)
    {
        lock (_gate)
        {
            for (var lane = _running.First; lane is not null; lane = lane.Next)
            {
                if (_ordering == OrderingMode.Partition || (lane.Key.Bytes is not null && lane.Key.Equals(waiter.Key)))
                {
                    (lane.Waiters ??= []).Add(waiter);
                    return 1;
                }
            }

            return 0;
        }
    }

    private void Unblock(Lane lane)
    {
        lock (_gate)
        {
            if (--lane.BlockedBy > 0 || lane.State != LaneState.Blocked || _fenced)
            {
                return;
            }

            _blocked.Remove(lane);
            MakeReady(lane);
        }
    }

    private void Complete(Lane lane)
    {
        var number = lane.Head;
        var head = _ledger.Head;
        lane.Head = _records.Remove(number);
        _ledger.Finish(number);
        if (_ledger.Head == head)
        {
            return;
        }

        NoteStep();
        _parking?.OnPassed();
        while (_waitingForReplay.TryPeek(out var waiting, out var next) && next - _ledger.Head < _maxReplay)
        {
            _waitingForReplay.Dequeue();
            Release(waiting, LaneWait.Replay);
        }
    }

    private LaneStep QueueAgain(Lane lane)
    {
        if (_nextBatch is not null)
        {
            MakeReady(lane);
            return LaneStep.Release;
        }

        SetReady(lane);
        return lane.State == LaneState.Ready ? LaneStep.Requeue : LaneStep.Release;
    }

    private void MakeReady(Lane lane)
    {
        SetReady(lane);
        if (lane.State == LaneState.Ready)
        {
            _queue.Enqueue(lane);
        }
        else
        {
            QueueNextBatch();
        }
    }

    private void SetReady(Lane lane)
    {
        lane.WaitsFor = LaneWait.None;
        if (TryWaitForTime(lane) || (_nextBatch is not null && TryGather(lane)))
        {
            return;
        }

        lane.State = LaneState.Ready;
        _ready.Add(lane);
    }

    private void Hold(Lane lane, LaneWait reason)
    {
        lane.WaitsFor = reason;
        Hold(lane, LaneState.Held);
    }

    /// <summary>Lets a lane go on that waits for this. It may have gone on already, for what is parked of its key, and even be another's by now.</summary>
    private void Release(Lane lane, LaneWait reason)
    {
        if (lane.WaitsFor == reason)
        {
            MakeReady(lane);
        }
    }

    private void Hold(Lane lane, LaneState state)
    {
        lane.State = state;
        SignalIfDrained();
    }

    private void Drop(Lane lane)
    {
        lane.State = LaneState.Idle;
        lane.WaitsFor = LaneWait.None;
        lane.Tail = RecordBuffer.None;
        if (lane.ParkedKey is { } parked)
        {
            parked.Lane = null;
            lane.ParkedKey = null;
        }

        if (_ordering == OrderingMode.Partition)
        {
            return;
        }

        if (lane.Key.Bytes is not null)
        {
            _byKey!.Remove(lane.Key);
            lane.Key = default;
        }

        // It may be the lane of another key next, one without a key too.
        lane.LookedUpIn = -1;
        lane.LookedUp = null;

        _spare.Push(lane);
    }
}
