namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal sealed class JoinedEvents<T>(Func<EventContext, IBatchEventHandler<T>> handler) : JoinedEvents
{
    private readonly List<ReceivedEvent<T>> _events = [];

    public override int Count => _events.Count;

    public void Add(T @event, EventContext context) => _events.Add(new ReceivedEvent<T>(@event, context));

    public override ValueTask HandleAsync(CancellationToken cancellationToken) => handler(_events[0].Context).HandleAsync(_events, cancellationToken);

    public override void RemoveLast() => _events.RemoveAt(_events.Count - 1);

    public override void Clear() => _events.Clear();
}
