using System.Diagnostics;

namespace EventDriven.Benchmarks;

/// <summary>
/// Completes what awaits it from one thread that sleeps a millisecond at a time: the timers of .NET are as coarse as the kernel's clock, 4 ms here and there.
/// </summary>
internal sealed class Ticker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _delay;
    private Queue<Waiting> _waiting = new();
    private volatile bool _disposed;
    private long _waited;
    private long _ticks;

    public Ticker(TimeSpan delay)
    {
        _delay = (long)(delay.TotalSeconds * Stopwatch.Frequency);
        new Thread(Run) { IsBackground = true, Name = "Ticker" }.Start();
    }

    /// <summary>How long those who awaited this have waited, in the mean.</summary>
    public TimeSpan Mean => Stopwatch.GetElapsedTime(0, _ticks / Math.Max(1, _waited));

    public Task WaitAsync()
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waiting.Enqueue(new Waiting(completion, Stopwatch.GetTimestamp()));
        return completion.Task;
    }

    public void Dispose() => _disposed = true;

    private void Run()
    {
        var due = new List<Waiting>();
        while (!_disposed)
        {
            Thread.Sleep(1);
            var now = Stopwatch.GetTimestamp();
            lock (_gate)
            {
                while (_waiting.TryPeek(out var first) && now - first.Since >= _delay) due.Add(_waiting.Dequeue());
            }

            foreach (var waiting in due)
            {
                _ticks += now - waiting.Since;
                waiting.Completion.SetResult();
            }

            _waited += due.Count;
            due.Clear();
        }
    }

    private readonly record struct Waiting(TaskCompletionSource Completion, long Since);
}
