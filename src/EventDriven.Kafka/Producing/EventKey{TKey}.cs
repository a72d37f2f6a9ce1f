using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Producing;

/// <summary>The keys of a producer's events, by a selector and a serializer. Thread-safe.</summary>
internal sealed class EventKey<T, TKey>(KeySelector<T, TKey> selector, IEventSerializer<TKey> serializer) : EventKey<T>, IKeyWriter<TKey>
{
    public override bool IsReadOnly => serializer is IOneWaySerializer { CanWrite: false };

    public override IEventSerializerCheck? SerializerCheck => serializer as IEventSerializerCheck;

    public override (Type Type, IEventSchema Schema)? Schema => serializer is IEventSchema schema ? (typeof(TKey), schema) : null;

    public override ValueTask<byte[]?> SerializeAsync(T @event, EventSerializationContext context, CancellationToken cancellationToken)
    {
        bool hasKey;
        TKey? key;
        try
        {
            hasKey = selector(@event, out key);
        }
        catch (Exception thrown)
        {
            throw new EventSerializationException($"the key selector threw {thrown.GetType().Name}: {thrown.Message}", typeof(TKey), thrown);
        }

        return hasKey ? WriteAsync(key!, context, cancellationToken) : default;
    }

    public ValueTask<byte[]?> WriteAsync(TKey key, EventSerializationContext context, CancellationToken cancellationToken) =>
        serializer.SerializeAsync(key, context, cancellationToken)!;
}
