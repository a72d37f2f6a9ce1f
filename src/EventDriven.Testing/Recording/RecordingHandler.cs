namespace EventDriven.Testing;

/// <summary>Notes the event that a handler gets.</summary>
internal sealed class RecordingHandler<T>(IEventHandler<T> handler, Recording recording) : IEventHandler<T>
{
    public ValueTask HandleAsync(T @event, EventContext context, CancellationToken cancellationToken)
    {
        recording.Reach(context, @event!);
        return handler.HandleAsync(@event, context, cancellationToken);
    }
}
