namespace EventDriven.Kafka.Pipeline;

/// <summary>A handler of batches that was given as a delegate, with the context from which its services come.</summary>
internal sealed class DelegateBatchHandler<T>(Func<IReadOnlyList<ReceivedEvent<T>>, EventContext, CancellationToken, ValueTask> handle) : IBatchEventHandler<T>
{
    public ValueTask HandleAsync(IReadOnlyList<ReceivedEvent<T>> batch, CancellationToken cancellationToken) => handle(batch, batch[0].Context, cancellationToken);
}
