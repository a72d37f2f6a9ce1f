namespace EventDriven.Kafka.Transactions;

/// <summary>
/// The records of one transaction, or of one attempt within one, that are being made: each is counted from its call until it is part of it. Code that does not await what it
/// produces is waited for, and what comes later is refused, so that nothing slips into another transaction. Thread-safe.
/// </summary>
internal sealed class OpenRecords
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _done;
    private Exception? _refused;
    private int _open;
    private bool _closed;

    /// <summary>Why a record did not become part of it; null where all did.</summary>
    public Exception? Refused
    {
        get
        {
            lock (_gate) return _refused;
        }
    }

    /// <summary>A record is begun.</summary>
    /// <exception cref="InvalidOperationException">It is over.</exception>
    public void Begin(string whose)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new InvalidOperationException(
                    $"The transaction of {whose} takes no more events: its code has returned. Await what it starts, or produce outside of it with OutsideTransaction().");
            }

            _open++;
        }
    }

    /// <summary>A record has become part of it, or has not.</summary>
    /// <param name="refused">Why it has not; null where it has.</param>
    public void End(Exception? refused)
    {
        TaskCompletionSource? done = null;
        lock (_gate)
        {
            _refused ??= refused;
            if (--_open == 0) done = _done;
        }

        done?.TrySetResult();
    }

    /// <summary>Lets no other record begin.</summary>
    /// <returns>A task that completes when those begun have ended.</returns>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_open == 0) return Task.CompletedTask;

            return (_done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
