namespace EventDriven.Kafka.Consuming;

/// <summary>A consumer from one start to its end.</summary>
internal sealed class ConsumerRun
{
    private readonly TaskCompletionSource<ConsumerEnd?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the run has: with null after a stop, else with why it ended by itself. Never faults.</summary>
    public Task<ConsumerEnd?> Completion => _completion.Task;

    public bool IsStarted { get; set; }

    /// <summary>Whether another run is to begin when this one has stopped.</summary>
    public bool IsToStartAgain { get; set; }

    public bool IsStopping => _stopRequested.Task.IsCompleted;

    /// <summary>The times of the stop that was asked for; null where none was.</summary>
    public StopTimes? Stop { get; private set; }

    /// <summary>The first request says how long a stop may take.</summary>
    public void RequestStop(TimeSpan drain, TimeSpan close)
    {
        Stop ??= new StopTimes(drain, close);
        _stopRequested.TrySetResult();
    }

    /// <summary>Waits until a stop is asked for, by the host's clock.</summary>
    /// <returns>Whether it was.</returns>
    public bool WaitForStop(TimeSpan longest, TimeProvider time)
    {
        using var stopped = new CancellationTokenSource();
        var isStopped = Task.WaitAny(_stopRequested.Task, Task.Delay(longest, time, stopped.Token)) == 0;
        stopped.Cancel();
        return isStopped;
    }

    public void Complete(ConsumerEnd? end) => _completion.TrySetResult(end);

    /// <param name="Drain">How long handlers may take to end.</param>
    /// <param name="Close">How long leaving the group may take.</param>
    internal sealed record StopTimes(TimeSpan Drain, TimeSpan Close);
}
