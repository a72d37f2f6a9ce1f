namespace EventDriven.Kafka.Consuming;

/// <content>Draining: ending an assignment so that nothing finished has to run again (I5).</content>
internal sealed partial class PartitionAssignment
{
    private long _drainLimit = long.MaxValue;
    private Action? _onDrained;

    private bool IsDraining => _onDrained is not null;

    /// <summary>Whether a drain has begun and nothing that it waits for is left.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return IsDraining && !IsActive;
            }
        }
    }

    /// <summary>Whether there are lanes that are ready, gathered, running or blocked, or appends without an acknowledgement: what a drain waits for.</summary>
    private bool IsActive => _ready.Count > 0 || _gathered.Count > 0 || _running.Count > 0 || _blocked.Count > 0
        || _beingParked.Count > 0 || _parking is { HasAppends: true };

    /// <summary>
    /// Stops starting records above the highest one already started. What is buffered below it still runs, so that no gap makes finished records run again,
    /// unless the user has paused the partition: a pause starts nothing. Delays between attempts end at once.
    /// </summary>
    /// <param name="includeBuffered">Whether everything that is buffered shall run.</param>
    /// <param name="onDrained">Called, on any thread and possibly more than once, when nothing is left to wait for.</param>
    public void BeginDrain(bool includeBuffered, Action onDrained)
    {
        lock (_gate)
        {
            if (IsDraining || _fenced)
            {
                return;
            }

            _drainLimit = includeBuffered ? _ledger.Tail - 1 : _highestStarted;
            _onDrained = onDrained;
            HoldWhatShallNotStart();

            // What waits for its batch and must still run waits no longer.
            QueueNextBatch();
        }

        _ = _draining.CancelAsync();
        lock (_gate)
        {
            SignalIfDrained();
        }
    }

    /// <summary>Lanes that wait for a worker, or for a handler of an earlier assignment, only to find that they must not start: the drain does not wait with them.</summary>
    private void HoldWhatShallNotStart()
    {
        HoldWhatWaits();
        for (var lane = _ready.First; lane is not null;)
        {
            var next = lane.Next;
            if (MustNotStart(lane))
            {
                _ready.Remove(lane);
                Hold(lane, LaneState.Held);
            }

            lane = next;
        }

        for (var lane = _gathered.First; lane is not null;)
        {
            var next = lane.Next;
            if (MustNotStart(lane))
            {
                RemoveFromGathered(lane);
                Hold(lane, LaneState.Held);
            }

            lane = next;
        }

        for (var i = _blocked.Count - 1; i >= 0; i--)
        {
            if (MustNotStart(_blocked[i]))
            {
                _blocked[i].State = LaneState.Held;
                _blocked.RemoveAt(i);
            }
        }
    }

    /// <summary>Without a source record a lane is there for what is parked, which is left to the next owner.</summary>
    private bool MustNotStart(Lane lane) => _held || lane.Head > _drainLimit || lane.Head == RecordBuffer.None;

    private void SignalIfDrained()
    {
        if (!IsActive)
        {
            _onDrained?.Invoke();
        }
    }
}
