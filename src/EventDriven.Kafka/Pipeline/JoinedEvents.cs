namespace EventDriven.Kafka.Pipeline;

/// <summary>The events of a batch that have come as far as its handler, in order. Used again.</summary>
internal abstract class JoinedEvents
{
    public abstract int Count { get; }

    /// <summary>Calls the handler with all of them.</summary>
    public abstract ValueTask HandleAsync(CancellationToken cancellationToken);

    public abstract void RemoveLast();

    public abstract void Clear();
}
