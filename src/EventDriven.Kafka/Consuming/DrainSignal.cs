namespace EventDriven.Kafka.Consuming;

/// <summary>The drain signal of a running consumer.</summary>
internal sealed class DrainSignal(TimeProvider time) : IDrainSignal
{
    private readonly object _monitor = new();
    private int _version;

    public void Set()
    {
        lock (_monitor)
        {
            _version++;
            Monitor.PulseAll(_monitor);
        }
    }

    public bool Wait(Func<bool> condition, TimeSpan timeout)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var version = Volatile.Read(ref _version);

            // The condition takes the locks of assignments, which call Set while they hold them: never ask it while holding the monitor.
            if (condition())
            {
                return true;
            }

            var left = timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            lock (_monitor)
            {
                if (version == _version)
                {
                    Monitor.Wait(_monitor, left);
                }
            }
        }
    }
}
