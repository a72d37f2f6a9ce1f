namespace EventDriven.Kafka.Producing;

/// <summary>The events that were produced between two flushes of one producer.</summary>
/// <remarks>A flush must wait for what was produced before it and for nothing later, or it would never end under load.</remarks>
internal sealed class FlushEpoch(ProducerFailures failures)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for the epoch itself, until the next one begins.
    private int _open = 1;

    public ProducerFailures Failures => failures;

    /// <summary>Completes when the next epoch has begun and every event of this one has ended.</summary>
    public Task Ended => _ended.Task;

    public bool IsEmpty => Volatile.Read(ref _open) <= 1;

    public void Begin() => Interlocked.Increment(ref _open);

    public void End()
    {
        if (Interlocked.Decrement(ref _open) == 0) _ended.TrySetResult();
    }
}
