using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Consuming;

/// <summary>A consumer from one start to its end.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The event is waited for by the poll thread, which may outlive a stop; without a wait handle it holds nothing.")]
internal sealed class ConsumerRun
{
    private readonly TaskCompletionSource<ConsumerEnd?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _stopRequested = new();

    /// <summary>Ends when the run has: with null after a stop, else with why it ended by itself. Never faults.</summary>
    public Task<ConsumerEnd?> Completion => _completion.Task;

    public bool IsStarted { get; set; }

    /// <summary>Whether another run is to begin when this one has stopped.</summary>
    public bool IsToStartAgain { get; set; }

    public bool IsStopping => _stopRequested.IsSet;

    /// <summary>The times of the stop that was asked for; null where none was.</summary>
    public StopTimes? Stop { get; private set; }

    /// <summary>The first request says how long a stop may take.</summary>
    public void RequestStop(TimeSpan drain, TimeSpan close)
    {
        Stop ??= new StopTimes(drain, close);
        _stopRequested.Set();
    }

    /// <summary>Waits until a stop is asked for.</summary>
    /// <returns>Whether it was.</returns>
    public bool WaitForStop(TimeSpan longest) => _stopRequested.Wait(longest);

    public void Complete(ConsumerEnd? end) => _completion.TrySetResult(end);

    /// <param name="Drain">How long handlers may take to end.</param>
    /// <param name="Close">How long leaving the group may take.</param>
    internal sealed record StopTimes(TimeSpan Drain, TimeSpan Close);
}
