using Confluent.Kafka;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka;

/// <summary>Says how the keys of a consumer or producer are read and written. Without a word, as Kafka's Java client does it. Not thread-safe; used only while services are registered.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <remarks>
/// A key has a serializer of its own: the one chosen for values is not used. Another encoding of the same key lands on another partition.
/// <c>UseJson(…)</c> and the other choices of serializers are extensions, the same as for values.
/// </remarks>
public sealed class EventKeyBuilder<TKey> : IEventSerializationBuilder
    where TKey : notnull
{
    private Func<IServiceProvider, IEventSerializerFactory>? _factory;

    internal EventKeyBuilder()
    {
    }

    /// <summary>Reads and writes keys by a serializer of one's own.</summary>
    /// <param name="serializer">The serializer. Thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="serializer"/> is null.</exception>
    public EventKeyBuilder<TKey> UseSerializer(IEventSerializer<TKey> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        UseSerializers(_ => new SingleSerializerFactory<TKey>(serializer));
        return this;
    }

    /// <summary>Reads the keys of a consumer by a deserializer of Confluent.Kafka, under the rules of <see cref="EventConsumerBuilder.Deserialize{T}(IDeserializer{T})"/>.</summary>
    /// <param name="with">The deserializer; it is called from any number of threads at once.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="with"/> is null.</exception>
    public EventKeyBuilder<TKey> Deserialize(IDeserializer<TKey> with)
    {
        ArgumentNullException.ThrowIfNull(with);
        return UseSerializer(new ConfluentSerializer<TKey>(with));
    }

    /// <inheritdoc cref="Deserialize(IDeserializer{TKey})"/>
    public EventKeyBuilder<TKey> Deserialize(IAsyncDeserializer<TKey> with)
    {
        ArgumentNullException.ThrowIfNull(with);
        return UseSerializer(new ConfluentSerializer<TKey>(with));
    }

    /// <inheritdoc/>
    public void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _factory = factory;
    }

    /// <summary>Makes the serializer, once, at start.</summary>
    /// <exception cref="NotSupportedException">There is none for the type.</exception>
    internal IEventSerializer<TKey> Create(IServiceProvider services) =>
        _factory is not null
            ? _factory(services).Create<TKey>(EventComponent.Key)
            : KeySerializers.TryGet<TKey>() ?? throw new NotSupportedException(
                $"there is no serializer for keys of type {typeof(TKey)}. Use a string, Guid, byte[], short, int, long, float or double, or give a serializer: Key<{typeof(TKey).Name}>(k => k.UseSerializer(…)).");
}
