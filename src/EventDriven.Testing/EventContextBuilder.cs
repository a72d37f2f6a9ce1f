using EventDriven.Kafka.Serialization;

namespace EventDriven.Testing;

/// <summary>
/// Makes an <see cref="EventContext"/> for a unit test of a handler or middleware, without any Kafka. What is not said has a sensible value: an event of topic
/// <c>test</c>, partition 0, offset 0, without key, headers and services, at its first attempt.
/// </summary>
/// <remarks>
/// The context stays valid after the handler has returned (in a running consumer it does not). Whether the event was dropped on purpose is in its
/// <see cref="EventContext.IsFiltered"/> and <see cref="EventContext.FilterReason"/>. A builder may make several contexts; it is not thread-safe.
/// </remarks>
/// <example>
/// <code>
/// var context = new EventContextBuilder().From("orders", partition: 2, offset: 41).WithKey("A-1").WithHeader("tenant", "acme").Build();
/// await new TenantMiddleware(tenants).InvokeAsync(context, next);
/// </code>
/// </example>
public sealed class EventContextBuilder
{
    private readonly EventHeaders _headers = new();
    private readonly Dictionary<object, object?> _items = [];
    private string _topic = "test";
    private int _partition;
    private long _offset;
    private DateTimeOffset _timestamp = DateTimeOffset.UnixEpoch;
    private byte[]? _key;
    private object? _typedKey;
    private byte[]? _value = [];
    private int _attempt = 1;
    private string _consumer = "test";
    private string _group = "test";
    private IServiceProvider? _services;
    private CancellationToken _cancellationToken;

    /// <summary>Sets where the event was read from.</summary>
    /// <param name="topic">The topic. The default value is <c>test</c>.</param>
    /// <param name="partition">The partition. The default value is 0.</param>
    /// <param name="offset">The offset. The default value is 0.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or blank.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The partition or the offset is negative.</exception>
    public EventContextBuilder From(string topic, int partition = 0, long offset = 0)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _topic = topic;
        _partition = partition;
        _offset = offset;
        return this;
    }

    /// <summary>Sets the timestamp of the record. The default value is the Unix epoch, which is also what a record without timestamp shows.</summary>
    /// <param name="timestamp">The time; kept to the millisecond, as Kafka does.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithTimestamp(DateTimeOffset timestamp)
    {
        _timestamp = timestamp;
        return this;
    }

    /// <summary>Sets the key, in the bytes that a producer of the library writes for it. The default is a record without key.</summary>
    /// <typeparam name="TKey">A string, Guid, byte[], short, int, long, float or double.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="NotSupportedException">Keys of this type have no form of their own: give the bytes that your serializer writes as well.</exception>
    public EventContextBuilder WithKey<TKey>(TKey key)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        var serializer = KeySerializers.TryGet<TKey>()
            ?? throw new NotSupportedException($"Keys of type {typeof(TKey)} have no form of their own: give the bytes that your serializer writes as well, WithKey(key, bytes).");

        var bytes = serializer.SerializeAsync(key, new EventSerializationContext(_topic, EventComponent.Key, _headers), CancellationToken.None);
        _key = bytes.AsTask().GetAwaiter().GetResult();
        _typedKey = key;
        return this;
    }

    /// <summary>Sets the key of a type that has a serializer of its own in the consumer, with the bytes that it has in the record.</summary>
    /// <typeparam name="TKey">Any type; <see cref="EventContext.GetKey{TKey}"/> of this type returns <paramref name="key"/>.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="bytes">Its bytes, which <see cref="EventContext.Key"/> shows.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithKey<TKey>(TKey key, byte[] bytes)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(bytes);
        _key = bytes;
        _typedKey = key;
        return this;
    }

    /// <summary>Sets the bytes of the value, for a test of what looks at them before they are deserialized. The default is an empty value.</summary>
    /// <param name="value">The bytes; null for a tombstone.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithValue(byte[]? value)
    {
        _value = value;
        return this;
    }

    /// <summary>Appends a header with text.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text; null for a header without value.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithHeader(string name, string? text)
    {
        _headers.Add(name, text);
        return this;
    }

    /// <summary>Appends a header as it is, for values that are no text.</summary>
    /// <param name="header">The header.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithHeader(EventHeader header)
    {
        _headers.Add(header);
        return this;
    }

    /// <summary>Sets which attempt at the event this is. The default value is 1.</summary>
    /// <param name="attempt">The attempt, from 1.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="attempt"/> is less than 1.</exception>
    public EventContextBuilder WithAttempt(int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        _attempt = attempt;
        return this;
    }

    /// <summary>Sets the consumer that handles the event. The default value is <c>test</c> for both.</summary>
    /// <param name="group">The group.</param>
    /// <param name="name">The name of the consumer; null for that of the group.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="group"/> is null or blank.</exception>
    public EventContextBuilder ForConsumer(string group, string? name = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        _group = group;
        _consumer = name ?? group;
        return this;
    }

    /// <summary>Sets the services of the attempt. Without them, reading <see cref="EventContext.Services"/> throws and says so.</summary>
    /// <param name="services">The services: what the test wants the handler to find.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithServices(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        return this;
    }

    /// <summary>Leaves something in <see cref="EventContext.Items"/>, as a middleware before would have done.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithItem(object key, object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        _items[key] = value;
        return this;
    }

    /// <summary>Sets the token of the attempt, by which a test can cancel the handler as a lost partition or a stop does.</summary>
    /// <param name="cancellationToken">The token; also what to hand to the handler.</param>
    /// <returns>This builder.</returns>
    public EventContextBuilder WithCancellation(CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        return this;
    }

    /// <summary>Makes a context.</summary>
    /// <returns>A context of its own, with a copy of the headers and items.</returns>
    public EventContext Build()
    {
        var context = new EventContext(new BuiltContextHost(_consumer, _group, _services, _typedKey));
        var headers = new EventHeaders();
        headers.AddRange(_headers);
        context.Attach(_topic, _partition, _offset, _timestamp.ToUnixTimeMilliseconds(), _key, _value, headers);
        context.BeginAttempt(_attempt, _cancellationToken);
        foreach (var (key, value) in _items) context.Items[key] = value;
        return context;
    }
}
