namespace EventDriven.Benchmarks.Peers;

/// <summary>What the handlers of both sides do: count, and throw once for some events. Public, because Wolverine compiles code that names it. Thread-safe.</summary>
public sealed class Work
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _until;
    private readonly int _throwEvery;
    private readonly byte[] _states;
    private Measurement.Running _running;
    private Measurement _measurement;
    private int _count;

    /// <param name="events">How many events there are.</param>
    /// <param name="throwEvery">Of so many events one makes its handler throw, once; 0 for none.</param>
    internal Work(int events, int throwEvery = 0)
    {
        _throwEvery = throwEvery;
        _states = throwEvery == 0 ? [] : new byte[events];
        _until = throwEvery == 0 ? events : events - ((events + throwEvery - 1) / throwEvery);
    }

    /// <summary>Ends when as many events were handled as make no handler throw.</summary>
    internal Task Done => _done.Task;

    internal Measurement Measurement => _measurement;

    /// <summary>How many events have made their handler throw.</summary>
    internal int Thrown => _states.Count(static state => (state & 1) != 0);

    /// <summary>How many of those were not handled afterwards.</summary>
    internal int NeverHandled => _states.Count(static state => state == 1);

    /// <summary>Handles one event.</summary>
    public void Do(Order order)
    {
        if (_throwEvery != 0 && order.Quantity % _throwEvery == 0)
        {
            ref var state = ref _states[order.Quantity];
            if (state == 0)
            {
                state = 1;
                throw new InvalidOperationException("Once.");
            }

            state |= 2;
            return;
        }

        var count = Interlocked.Increment(ref _count);
        if (count == 1)
        {
            _running = Measurement.Start();
        }
        else if (count == _until)
        {
            _measurement = _running.Stop(_until - 1);
            _done.TrySetResult();
        }
    }
}
