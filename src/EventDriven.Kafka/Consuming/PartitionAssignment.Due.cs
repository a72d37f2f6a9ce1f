using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Consuming;

/// <content>
/// Due times: a lane whose next record is not due yet waits, in the order of those times, and a timer makes it ready. The poll thread never waits, and nothing is
/// started early. What waits is not in its handler, so it is neither stuck nor above the replay bound, and a drain leaves it to the next owner.
/// </content>
internal sealed partial class PartitionAssignment
{
    private readonly PriorityQueue<Lane, long> _waitingForTime = new();

    /// <summary>One for the assignment; set only while lanes wait.</summary>
    private ITimer? _dueTimer;

    /// <summary>The due time for which the timer is set; the highest number where it is not.</summary>
    private long _dueTimerAt = long.MaxValue;

    /// <summary>Whether a record with a due time has come: in partitions of source topics none ever does.</summary>
    private bool _hasDueTimes;

    /// <summary>The retry topic whose partition this is; null for one of a source topic.</summary>
    public RetryTopic? RetryTopic { get; init; }

    /// <summary>Whether it was told that records of another group were passed over; used by the poll thread only.</summary>
    public bool HasPassedOver { get; set; }

    /// <summary>Whether something is under way whose end makes room. Where not, all that is held waits for its time, or for the user.</summary>
    public bool MayMakeRoom
    {
        get
        {
            lock (_gate)
            {
                return IsActive;
            }
        }
    }

    /// <summary>Takes note of a record that nobody is to handle: it is finished as it comes.</summary>
    public AppendResult PassOver(in ConsumedRecord record)
    {
        lock (_gate)
        {
            if (_fenced)
            {
                return AppendResult.Taken;
            }

            var number = _ledger.Append(record.Offset, record.LeaderEpoch);
            if (number < 0)
            {
                return AppendResult.WentBack;
            }

            _ledger.Finish(number);
            _finished++;
            return AppendResult.Taken;
        }
    }

    private bool IsWaiting(long number) => _hasDueTimes && !_fenced && _records.DueAt(number) is { } due && due > _time.GetTimestamp();

    /// <summary>Whether the position stands still only because its record is not due yet.</summary>
    private bool IsPositionWaiting => _ledger.Head < _ledger.Tail && IsWaiting(_ledger.Head);

    /// <summary>Lets a lane wait whose next record is not due yet.</summary>
    /// <returns>False where it is due.</returns>
    private bool TryWaitForTime(Lane lane)
    {
        if (!IsWaiting(lane.Head))
        {
            return false;
        }

        if (IsDraining)
        {
            Hold(lane, LaneState.Held);
            return true;
        }

        lane.State = LaneState.Waiting;
        _waitingForTime.Enqueue(lane, _records.DueAt(lane.Head)!.Value);
        SetDueTimer();
        return true;
    }

    /// <summary>Nothing of what waits is started in a drain, which does not wait for it.</summary>
    private void HoldWhatWaits()
    {
        while (_waitingForTime.TryDequeue(out var lane, out _))
        {
            lane.State = LaneState.Held;
        }

        _dueTimer?.Dispose();
    }

    private void SetDueTimer()
    {
        if (!_waitingForTime.TryPeek(out _, out var due) || due >= _dueTimerAt)
        {
            return;
        }

        _dueTimerAt = due;
        _dueTimer ??= _time.CreateTimer(static assignment => ((PartitionAssignment)assignment!).OnDueTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _dueTimer.SetIn(_time.GetElapsedTime(_time.GetTimestamp(), due));
    }

    private void OnDueTimer()
    {
        lock (_gate)
        {
            _dueTimerAt = long.MaxValue;
            if (_fenced || IsDraining)
            {
                return;
            }

            var now = _time.GetTimestamp();
            while (_waitingForTime.TryPeek(out var lane, out var due) && due <= now)
            {
                _waitingForTime.Dequeue();
                MakeReady(lane);
            }

            SetDueTimer();
        }
    }

    /// <summary>How many of the records held are not due, and whether the newest is one of them: what lies behind it in the log is not due either.</summary>
    private (int Count, bool IncludesNewest) CountWaiting()
    {
        if (!_hasDueTimes || _fenced)
        {
            return default;
        }

        var now = _time.GetTimestamp();
        var count = 0;
        var newest = false;
        for (var number = _ledger.Head; number < _ledger.Tail; number++)
        {
            newest = _records.DueAt(number) is { } due && due > now;
            if (newest) count++;
        }

        return (count, newest);
    }
}
