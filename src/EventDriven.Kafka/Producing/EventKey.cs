namespace EventDriven.Kafka.Producing;

/// <summary>The keys of a producer's events: here, of a producer without keys. Thread-safe.</summary>
internal class EventKey<T>
{
    /// <summary>Whether its serializer only reads.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>What its serializer has to say before the first event; null where it depends on nothing.</summary>
    public virtual IEventSerializerCheck? SerializerCheck => null;

    /// <summary>The type of the keys, and what shows their schema; null where there is none.</summary>
    public virtual (Type Type, IEventSchema Schema)? Schema => null;

    /// <summary>The key of an event; null where it has none.</summary>
    public virtual ValueTask<byte[]?> SerializeAsync(T @event, EventSerializationContext context, CancellationToken cancellationToken) => default;
}
