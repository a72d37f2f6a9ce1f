using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka;

public sealed partial class EventProducerBuilder<T>
{
    private Func<IServiceProvider, EventKey<T>>? _createKey;
    private Type? _keyType;
    private Type? _chosenKeyType;
    private object? _chosenKey;

    /// <summary>
    /// Gives events a key: events of one key go to one partition, in order. The key is written as Kafka's Java client does it (strings and <see cref="Guid"/> as
    /// UTF-8 text, numbers big-endian, bytes as they are), so that it lands on the same partition whoever produces it. By default events have no key.
    /// </summary>
    /// <typeparam name="TKey">
    /// The type of the key: <see cref="string"/>, <see cref="Guid"/>, <c>byte[]</c>, <see cref="short"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/>
    /// or <see cref="double"/>. For any other give a serializer, here or with <see cref="Key{TKey}"/>, or the start fails.
    /// </typeparam>
    /// <param name="selector">Takes the key of an event; null for an event without one. What it throws comes to the caller as an <see cref="EventProduceException"/>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public EventProducerBuilder<T> KeyedBy<TKey>(Func<T, TKey?> selector)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(selector);
        return KeyedBy<TKey>(Select(selector), serializer: null);
    }

    /// <summary>Gives events a key of a value type that may be absent.</summary>
    /// <typeparam name="TKey">The type of the key: <see cref="Guid"/>, <see cref="short"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="selector">Takes the key of an event; null for an event without one.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="selector"/> is null.</exception>
    public EventProducerBuilder<T> KeyedBy<TKey>(Func<T, TKey?> selector)
        where TKey : struct
    {
        ArgumentNullException.ThrowIfNull(selector);
        return KeyedBy<TKey>(
            (T @event, out TKey key) =>
            {
                var selected = selector(@event);
                key = selected.GetValueOrDefault();
                return selected.HasValue;
            },
            serializer: null);
    }

    /// <summary>Gives events a key with a serializer of its own. Another encoding of the same key lands on another partition.</summary>
    /// <typeparam name="TKey">The type of the key.</typeparam>
    /// <param name="selector">Takes the key of an event; null for an event without one.</param>
    /// <param name="serializer">Writes the key. Thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public EventProducerBuilder<T> KeyedBy<TKey>(Func<T, TKey?> selector, IEventSerializer<TKey> serializer)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentNullException.ThrowIfNull(serializer);
        return KeyedBy(Select(selector), serializer);
    }

    /// <summary>Chooses how the keys that <c>KeyedBy</c> selects are written. Another encoding of the same key lands on another partition.</summary>
    /// <typeparam name="TKey">The type of the keys, as <c>KeyedBy</c> selects them; another is an error at start.</typeparam>
    /// <param name="configure">Chooses the serializer. The one for values is not used for keys.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public EventProducerBuilder<T> Key<TKey>(Action<EventKeyBuilder<TKey>> configure)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(configure);
        var key = new EventKeyBuilder<TKey>();
        configure(key);
        _chosenKey = key;
        _chosenKeyType = typeof(TKey);
        return this;
    }

    private EventProducerBuilder<T> KeyedBy<TKey>(KeySelector<T, TKey> selector, IEventSerializer<TKey>? serializer)
        where TKey : notnull
    {
        _keyType = typeof(TKey);
        _createKey = services => (serializer, _chosenKey as EventKeyBuilder<TKey>) switch
        {
            (not null, not null) => throw new NotSupportedException("a serializer of keys was given to KeyedBy, and another by Key. Keep one."),
            (not null, null) => new EventKey<T, TKey>(selector, serializer),
            (null, var chosen) => new EventKey<T, TKey>(selector, (chosen ?? new EventKeyBuilder<TKey>()).Create(services)),
        };
        return this;
    }

    private static KeySelector<T, TKey> Select<TKey>(Func<T, TKey?> selector)
        where TKey : notnull =>
        (T @event, [MaybeNullWhen(false)] out TKey key) =>
        {
            key = selector(@event);
            return key is not null;
        };
}
