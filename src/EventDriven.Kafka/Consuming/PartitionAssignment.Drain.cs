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
                return IsDraining && _active == 0;
            }
        }
    }

    /// <summary>
    /// Stops starting records above the highest one already started. What is buffered below it still runs, so that no gap makes finished records run again.
    /// Delays between attempts end at once.
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
            for (var i = _blocked.Count - 1; i >= 0; i--)
            {
                if (_blocked[i].Head > _drainLimit)
                {
                    Hold(_blocked[i], LaneState.Held);
                    _blocked.RemoveAt(i);
                }
            }
        }

        _ = _draining.CancelAsync();
        lock (_gate)
        {
            SignalIfDrained();
        }
    }

    private void SignalIfDrained()
    {
        if (_active == 0)
        {
            _onDrained?.Invoke();
        }
    }
}
