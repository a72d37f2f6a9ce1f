namespace EventDriven.Benchmarks;

/// <summary>Measures from the first event to the last of a round.</summary>
internal sealed class Countdown(int events)
{
    private readonly TaskCompletionSource<Measurement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Measurement.Running _running;
    private int _count;

    public Task<Measurement> Done => _done.Task;

    public void Count()
    {
        var count = Interlocked.Increment(ref _count);
        if (count == 1)
        {
            _running = Measurement.Start();
        }
        else if (count == events)
        {
            _done.SetResult(_running.Stop(events - 1));
        }
    }
}
