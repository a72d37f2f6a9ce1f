namespace EventDriven.Kafka.Pipeline;

/// <summary>A handler that each attempt takes from its own services.</summary>
internal sealed class ResolvedHandler<T, THandler>(Func<EventContext, THandler> resolve) : IEventHandler<T>
    where THandler : class, IEventHandler<T>
{
    public ValueTask HandleAsync(T @event, EventContext context, CancellationToken cancellationToken) =>
        resolve(context).HandleAsync(@event, context, cancellationToken);
}
