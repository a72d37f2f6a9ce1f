using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Testing;

/// <summary>A record that a test looks at: its coordinates, key, headers, bytes, and the event in it. Thread-safe for reading.</summary>
public abstract class RecordedEvent
{
    private const int ShownCharacters = 200;

    private readonly byte[]? _key;
    private readonly byte[]? _value;

    private protected RecordedEvent(string topic, int partition, long offset, long timestampMs, byte[]? key, byte[]? value, EventHeaders headers)
    {
        Topic = topic;
        Partition = partition;
        Offset = offset;
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(timestampMs, 0));
        Headers = headers;
        _key = key;
        _value = value;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>The offset in the partition.</summary>
    public long Offset { get; }

    /// <summary>The timestamp of the record, to the millisecond, in UTC; Unix epoch where it has none.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>The headers of the record; empty where it has none.</summary>
    public EventHeaders Headers { get; }

    // In the next two a plain null would be taken for a null array and become an empty memory.

    /// <summary>The bytes of the key; null where the record has no key.</summary>
    public ReadOnlyMemory<byte>? Key => _key is { } key ? new ReadOnlyMemory<byte>(key) : default(ReadOnlyMemory<byte>?);

    /// <summary>The key as UTF-8 text; null where the record has no key.</summary>
    public string? KeyText => _key is null ? null : Encoding.UTF8.GetString(_key);

    /// <summary>The bytes of the value; null for a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value => _value is { } value ? new ReadOnlyMemory<byte>(value) : default(ReadOnlyMemory<byte>?);

    /// <summary>Whether the record is a tombstone: a key without a value.</summary>
    public bool IsTombstone => _value is null;

    internal byte[]? RawKey => _key;

    internal byte[]? RawValue => _value;

    /// <summary>The event, decoded by the serializer that the host has for it (System.Text.Json where it has none).</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <returns>The event.</returns>
    /// <exception cref="EventAssertionException">The record is of another type, a tombstone, or does not decode; the message says which.</exception>
    public T Event<T>() => TryGetEvent<T>(out var @event, out var problem)
        ? @event
        : throw new EventAssertionException($"Expected {Name<T>()} at {ToString()}, but {problem}.", problem.Cause);

    /// <summary>Tries to decode the event.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="event">The event, where the record holds one of this type.</param>
    /// <returns>False where the record is of another type, a tombstone, or does not decode.</returns>
    public bool TryGetEvent<T>([NotNullWhen(true)] out T? @event) => TryGetEvent(out @event, out _);

    /// <summary>The key, in the form that the library's producers give to keys of this type.</summary>
    /// <typeparam name="TKey">A string, Guid, byte[], short, int, long, float or double.</typeparam>
    /// <returns>The key.</returns>
    /// <exception cref="EventAssertionException">The record has no key, or not one of this type.</exception>
    public TKey KeyAs<TKey>()
        where TKey : notnull
    {
        if (_key is null) throw new EventAssertionException($"Expected a key at {ToString()}, but the record has none.");

        var serializer = KeySerializers.TryGet<TKey>()
            ?? throw new NotSupportedException($"Keys of type {typeof(TKey)} have no form of their own: decode the bytes in {nameof(Key)}.");
        try
        {
            var key = serializer.DeserializeAsync(_key, new EventSerializationContext(Topic, EventComponent.Key, Headers), CancellationToken.None);
            return key.AsTask().GetAwaiter().GetResult();
        }
        catch (EventSerializationException exception)
        {
            throw new EventAssertionException($"Expected a key of type {typeof(TKey).Name} at {ToString()}, but its {_key.Length} bytes are none.", exception);
        }
    }

    /// <summary>Where it is, its key, and the beginning of its value, for the messages of failed tests.</summary>
    /// <returns>One line.</returns>
    public override string ToString()
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{Topic}[{Partition}] offset {Offset}, {(KeyText is { } key ? $"key '{Shown(key)}'" : "no key")}");
        Describe(line);
        line.Append(": ").Append(_value is null ? "tombstone" : Shown(Encoding.UTF8.GetString(_value)));
        return line.ToString();
    }

    private protected virtual void Describe(StringBuilder line)
    {
    }

    /// <summary>Finds the event of a type in the record, or says why there is none.</summary>
    internal abstract bool TryGetEvent<T>([NotNullWhen(true)] out T? @event, out DecodingProblem problem);

    private protected static string Name<T>() => typeof(T).Name;

    private static string Shown(string text)
    {
        var readable = string.Concat(text.Take(ShownCharacters).Select(static character => char.IsControl(character) || character == '\uFFFD' ? '.' : character));
        return text.Length > ShownCharacters ? readable + "…" : readable;
    }
}
