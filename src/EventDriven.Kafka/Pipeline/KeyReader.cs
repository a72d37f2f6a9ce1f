namespace EventDriven.Kafka.Pipeline;

/// <summary>How a consumer reads its keys, where it was told.</summary>
internal abstract class KeyReader
{
    public abstract Type KeyType { get; }

    /// <summary>Puts the reading of keys in front of the rest: with the event, after the middleware that may drop it.</summary>
    public abstract EventDelegate Before(EventDelegate next);
}
