namespace EventDriven.Kafka.Pipeline;

/// <summary>What happens to the events of one type, from their bytes to the handler.</summary>
internal abstract class EventRoute
{
    public abstract Type EventType { get; }

    public abstract bool HandlesTombstones { get; }

    /// <summary>The class that handles events, or tombstones; null for a delegate.</summary>
    public abstract string? HandlerOf(bool tombstones);

    /// <summary>The name of the type's schema; null where it has none.</summary>
    public abstract string? SchemaName(IEventTypeReader types);

    public abstract ValueTask InvokeAsync(EventContext context);
}
