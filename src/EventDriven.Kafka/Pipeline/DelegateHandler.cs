namespace EventDriven.Kafka.Pipeline;

/// <summary>A handler that was given as a delegate.</summary>
internal sealed class DelegateHandler<T>(Func<T, EventContext, CancellationToken, ValueTask> handle) : IEventHandler<T>
{
    public ValueTask HandleAsync(T @event, EventContext context, CancellationToken cancellationToken) => handle(@event, context, cancellationToken);
}
