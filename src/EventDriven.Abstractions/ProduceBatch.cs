namespace EventDriven;

/// <summary>Collects what becomes of the events of one batch. Thread-safe.</summary>
internal sealed class ProduceBatch(int count)
{
    private readonly EventReceipt?[] _receipts = new EventReceipt?[count];
    private readonly Exception?[] _errors = new Exception?[count];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>Completes when every event has ended, well or not.</summary>
    public Task Completion => _completion.Task;

    /// <summary>The callback for one event.</summary>
    public Action<EventDelivery> At(int index) => delivery =>
    {
        _receipts[index] = delivery.Succeeded ? delivery.Receipt : null;
        _errors[index] = delivery.Error;
        End();
    };

    /// <summary>The call for an event threw: there will be no callback.</summary>
    public void Refuse(int index, Exception error)
    {
        _errors[index] = error;
        End();
    }

    /// <exception cref="EventBatchProduceException">At least one failed.</exception>
    public IReadOnlyList<EventReceipt> Receipts()
    {
        var failures = _errors.Index().Where(static error => error.Item is not null).Select(static error => new EventBatchFailure(error.Index, error.Item!)).ToArray();
        return failures.Length == 0 ? [.. _receipts.Select(static receipt => receipt!.Value)] : throw new EventBatchProduceException(_receipts, failures);
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _left) == 0) _completion.SetResult();
    }
}
