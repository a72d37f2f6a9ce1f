namespace EventDriven.Kafka.Producing;

/// <summary>An event whose caller awaits its receipt.</summary>
internal sealed class AwaitedRecord : PendingRecord
{
    // The caller's continuation must never run on the client's thread.
    private readonly TaskCompletionSource<EventReceipt> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _cancellation;

    public AwaitedRecord(FlushEpoch epoch, CancellationToken cancellationToken)
        : base(epoch)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (record, token) => ((AwaitedRecord)record!)._completion.TrySetCanceled(token), this);
        }
    }

    public Task<EventReceipt> Task => _completion.Task;

    /// <summary>Its call failed before it came into the client.</summary>
    public void Refuse(Exception error)
    {
        _cancellation.Unregister();
        if (error is OperationCanceledException cancelled)
        {
            _completion.TrySetCanceled(cancelled.CancellationToken);
        }
        else if (!_completion.TrySetException(error) && error is EventProduceException notProduced)
        {
            Failures.NobodyWaitsFor(notProduced);
        }
    }

    protected override void OnDelivered(in EventReceipt receipt)
    {
        _cancellation.Unregister();
        _completion.TrySetResult(receipt);
    }

    protected override void OnFailed(EventProduceException error)
    {
        _cancellation.Unregister();
        // The waiting was cancelled, the sending was not: its failure must not disappear.
        if (!_completion.TrySetException(error)) Failures.NobodyWaitsFor(error);
    }
}
