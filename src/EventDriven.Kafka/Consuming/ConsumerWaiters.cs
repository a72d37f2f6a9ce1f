namespace EventDriven.Kafka.Consuming;

/// <summary>Those who wait until a condition on a consumer's state holds. Thread-safe; costs nothing while nobody waits.</summary>
internal sealed class ConsumerWaiters
{
    private readonly Lock _gate = new();
    private readonly List<(Func<ConsumerSnapshot, bool> Condition, TaskCompletionSource Completion)> _waiters = [];
    private int _count;

    public async Task WaitAsync(Func<ConsumerSnapshot, bool> condition, Func<ConsumerSnapshot> getSnapshot, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.Add((condition, completion));
            Volatile.Write(ref _count, _waiters.Count);
        }

        Look(getSnapshot);
        try
        {
            await completion.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.RemoveAll(waiter => waiter.Completion == completion);
                Volatile.Write(ref _count, _waiters.Count);
            }
        }
    }

    public void Look(Func<ConsumerSnapshot> getSnapshot)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        var snapshot = getSnapshot();
        lock (_gate)
        {
            foreach (var (condition, completion) in _waiters)
            {
                try
                {
                    if (condition(snapshot))
                    {
                        completion.TrySetResult();
                    }
                }
                catch (Exception exception)
                {
                    completion.TrySetException(exception);
                }
            }
        }
    }
}
