using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>
/// What is known about the event that is being handled: where it comes from, its key, headers and bytes, which attempt this is, and the services of the attempt.
/// </summary>
/// <remarks>
/// Valid until the handler (or the outermost middleware) has returned: the object is used again for other events, and using it afterwards throws
/// <see cref="InvalidOperationException"/> until it is. Copy what must live longer. Not thread-safe.
/// </remarks>
public sealed class EventContext
{
    private readonly EventContextHost _host;
    private bool _active;
    private string _topic = "";
    private int _partition;
    private long _offset;
    private long _timestampMs;
    private byte[]? _key;
    private byte[]? _value;
    private object? _rawHeaders;
    private EventHeaders? _headers;
    private int _attempt;
    private long? _fencingToken;
    private CancellationToken _cancellationToken;
    private Dictionary<object, object?>? _items;
    private string? _filterReason;
    private KeySlot? _keySlot;

    internal EventContext(EventContextHost host) => _host = host;

    /// <summary>The name of the consumer: its group unless it was named otherwise.</summary>
    public string ConsumerName => _host.ConsumerName;

    /// <summary>The consumer group.</summary>
    public string Group => _host.Group;

    /// <summary>The topic that the event was read from.</summary>
    public string Topic => Active._topic;

    /// <summary>The partition that the event was read from.</summary>
    public int Partition => Active._partition;

    /// <summary>The offset of the event in its partition.</summary>
    public long Offset => Active._offset;

    /// <summary>The timestamp of the record, to the millisecond, in UTC: when it was produced, or appended where the topic says so. Unix epoch where the record has none or an impossible one.</summary>
    public DateTimeOffset Timestamp =>
        Active._timestampMs is >= 0 and <= 253_402_300_799_999 ? DateTimeOffset.FromUnixTimeMilliseconds(_timestampMs) : DateTimeOffset.UnixEpoch;

    // In the next two a plain null would be taken for a null array and become an empty memory.

    /// <summary>The bytes of the key; null where the record has no key. An empty key is a key.</summary>
    public ReadOnlyMemory<byte>? Key => Active._key is { } key ? new ReadOnlyMemory<byte>(key) : default(ReadOnlyMemory<byte>?);

    /// <summary>The bytes of the value; null for a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value => Active._value is { } value ? new ReadOnlyMemory<byte>(value) : default(ReadOnlyMemory<byte>?);

    /// <summary>The headers of the record; empty where it has none.</summary>
    public EventHeaders Headers => Active._headers ??= _host.ReadHeaders(_rawHeaders);

    /// <summary>Which attempt at this event this is, from 1.</summary>
    public int Attempt => Active._attempt;

    /// <summary>
    /// For a consumer that keeps key order through retries, a number that rises with each new owner of the event's partition; null for all others. Something that a handler
    /// writes to may refuse a number below the highest it has seen, and so refuse the handler of an owner that has lost the partition without knowing it yet.
    /// </summary>
    /// <remarks>
    /// It is the same for all events that an owner handles, but for a rise now and then, which means nothing. Numbers of different partitions, and of parked topics that
    /// were deleted and created again, can't be compared. It tells owners apart, not attempts: an event handled twice by one owner has it twice.
    /// </remarks>
    public long? FencingToken => Active._fencingToken;

    /// <summary>
    /// The token that the handler gets: it fires at once when the partition is lost, and when the drain budget is over on a revocation or a stop.
    /// </summary>
    public CancellationToken CancellationToken => Active._cancellationToken;

    /// <summary>The services of this attempt. The scope behind them is created when this is first read and disposed when the attempt has ended.</summary>
    public IServiceProvider Services => Active._host.GetServices(this);

    /// <summary>A place for middleware to leave things for each other and for the handler. Emptied for each attempt.</summary>
    public IDictionary<object, object?> Items => Active._items ??= [];

    /// <summary>Whether the event was dropped on purpose in this attempt.</summary>
    [MemberNotNullWhen(true, nameof(_filterReason), nameof(FilterReason))]
    public bool IsFiltered => Active._filterReason is not null;

    /// <summary>The key as a typed value: by the serializer that the consumer was given for keys (<c>.Key&lt;TKey&gt;(…)</c>), else as Kafka's Java client writes keys of that type.</summary>
    /// <typeparam name="TKey">
    /// The type of the key: the one that the consumer was given; where it was given none, <see cref="string"/>, <see cref="Guid"/>, <c>byte[]</c>, <see cref="short"/>,
    /// <see cref="int"/>, <see cref="long"/>, <see cref="float"/> or <see cref="double"/>.
    /// </typeparam>
    /// <returns>The key. It is read once for an attempt.</returns>
    /// <exception cref="EventSerializationException">The record has no key, or one that can't be read as <typeparamref name="TKey"/>. Let it out of the handler: the event then fails, and is not tried again.</exception>
    /// <exception cref="InvalidOperationException">
    /// The consumer reads keys as another type, or has no serializer for this one; or the serializer has to wait (for a registry) and an <see cref="IEventMiddleware"/>
    /// asks, before the key is read. In the handler it is there.
    /// </exception>
    public TKey GetKey<TKey>()
        where TKey : notnull =>
        TryGetKey<TKey>(out var key) ? key : throw new EventSerializationException(
            $"Consumer '{ConsumerName}': {_topic}[{_partition}]@{_offset} has no key, and a {typeof(TKey)} was asked for. Where records may have none, use TryGetKey.", typeof(TKey));

    /// <summary>The key as a typed value, where the record has one.</summary>
    /// <typeparam name="TKey">The type of the key, as in <see cref="GetKey{TKey}"/>.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>Whether the record has a key. An empty key is a key.</returns>
    /// <exception cref="EventSerializationException">The record has a key that can't be read as <typeparamref name="TKey"/>.</exception>
    /// <exception cref="InvalidOperationException">As in <see cref="GetKey{TKey}"/>.</exception>
    public bool TryGetKey<TKey>([MaybeNullWhen(false)] out TKey key)
        where TKey : notnull
    {
        if (Active._key is null)
        {
            key = default;
            return false;
        }

        key = _keySlot is KeySlot<TKey> { IsSet: true } slot ? slot.Value! : SetKey(_host.ReadKey<TKey>(this));
        return true;
    }
    /// <summary>Why the event was dropped on purpose in this attempt, as <see cref="Filter"/> was told; null where it was not.</summary>
    public string? FilterReason => Active._filterReason;

    /// <summary>Drops the event on purpose: once the pipeline has returned its offset may be committed, and it is counted as filtered, not as handled.</summary>
    /// <param name="reason">Why, in a few words, for logs and metrics. Keep personal data out of it, and keep the number of different reasons small.</param>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is null or blank.</exception>
    public void Filter(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        Active._filterReason = reason;
    }

    internal EventContextHost Host => _host;

    /// <summary>The scope of the attempt, owned by the host.</summary>
    internal object? Scope { get; set; }

    /// <summary>The deserialized event, kept here only while typed middleware stands between deserialization and handler.</summary>
    internal object? Event { get; set; }

    /// <summary>What the host has found the event to be in this attempt, where its events are of several types.</summary>
    internal object? Route { get; set; }

    /// <summary>What the attempt has produced within the transaction of its consumer; null where there is none.</summary>
    internal object? Output { get; set; }

    /// <summary>The next step of the pipeline to be entered in this attempt, from 0.</summary>
    internal int NextStep { get; set; }

    /// <summary>How far the handler has come in this attempt; kept only where middleware stands before it.</summary>
    internal HandlerProgress Progress { get; set; }

    /// <summary>The client's own headers, and ours where something has read them.</summary>
    internal object? RawHeaders => _rawHeaders;

    internal EventHeaders? HeadersIfRead => _headers;

    /// <summary>The last header of a name, where it has a value, without reading all of them.</summary>
    internal bool TryGetHeader(string name, out ReadOnlyMemory<byte> value)
    {
        if (Active._headers is null) return _host.TryGetHeader(_rawHeaders, name, out value);

        value = _headers!.TryGetLast(name, out var header) ? header.Value.GetValueOrDefault() : default;
        return !value.IsEmpty;
    }

    internal byte[]? RawKey => _key;

    internal byte[]? RawValue => _value;

    /// <summary>The bytes of the event itself, where the value is an envelope around them; else null.</summary>
    internal ReadOnlyMemory<byte>? Data { get; set; }

    internal bool HasKey<TKey>() => _keySlot is KeySlot<TKey> { IsSet: true };

    /// <summary>Keeps the deserialized key for this attempt.</summary>
    internal TKey SetKey<TKey>(TKey key)
    {
        if (_keySlot is not KeySlot<TKey> slot)
        {
            _keySlot = slot = new KeySlot<TKey>();
        }

        slot.Set(key);
        return key;
    }

    /// <summary>Shows other headers for the rest of this attempt.</summary>
    internal void ReplaceHeaders(EventHeaders headers) => _headers = headers;

    internal void Attach(
        string topic, int partition, long offset, long timestampMs, byte[]? key, byte[]? value, object? rawHeaders, long? fencingToken = null)
    {
        _fencingToken = fencingToken;
        _topic = topic;
        _partition = partition;
        _offset = offset;
        _timestampMs = timestampMs;
        _key = key;
        _value = value;
        _rawHeaders = rawHeaders;
        _active = true;
    }

    /// <param name="attempt">Its number.</param>
    /// <param name="cancellationToken">Its token.</param>
    /// <param name="again">Whether there was one of that number before, which does not count.</param>
    internal void BeginAttempt(int attempt, CancellationToken cancellationToken, bool again = false)
    {
        _attempt = attempt;
        _cancellationToken = cancellationToken;
        _filterReason = null;
        _items?.Clear();
        Event = null;
        Route = null;
        Output = null;
        Data = null;
        NextStep = 0;
        Progress = HandlerProgress.NotStarted;
        if (attempt > 1 || again)
        {
            // What a failed attempt did to its copy of the headers must not show in the next.
            _headers = null;
            _keySlot?.Clear();
        }
    }

    internal void Detach()
    {
        _active = false;
        _key = null;
        _value = null;
        _rawHeaders = null;
        _headers = null;
        _items = null;
        _filterReason = null;
        _cancellationToken = default;
        Event = null;
        Route = null;
        Output = null;
        Data = null;
        _keySlot?.Clear();
        NextStep = -1;
    }

    private EventContext Active
    {
        get
        {
            if (!_active)
            {
                ThrowNotActive();
            }

            return this;
        }
    }

    [DoesNotReturn]
    private static void ThrowNotActive() => throw new InvalidOperationException(
        "This EventContext was used after its event was handled. It is valid only until the handler returns: copy what must live longer, and await what the handler starts.");
}
