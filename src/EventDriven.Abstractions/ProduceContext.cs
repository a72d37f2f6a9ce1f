namespace EventDriven;

/// <summary>What a producer's middleware sees of an event before it is serialized, and what it may change: headers, partition and timestamp.</summary>
/// <remarks>
/// Key and topic are fixed: by them later events find their order and place. What is changed after <c>next</c> was called has no effect. Not thread-safe.
/// </remarks>
public sealed class ProduceContext
{
    private readonly Func<ProduceContext, IServiceProvider> _services;
    private readonly byte[]? _key;
    private Dictionary<object, object?>? _items;

    internal ProduceContext(
        string producerName, string topic, Type eventType, bool isTombstone, byte[]? key, EventHeaders headers, Func<ProduceContext, IServiceProvider> services, CancellationToken cancellationToken)
    {
        ProducerName = producerName;
        Topic = topic;
        EventType = eventType;
        IsTombstone = isTombstone;
        Headers = headers;
        CancellationToken = cancellationToken;
        _key = key;
        _services = services;
    }

    /// <summary>The name of the producer: its topic unless it was named otherwise.</summary>
    public string ProducerName { get; }

    /// <summary>The topic that the event goes to.</summary>
    public string Topic { get; }

    /// <summary>The type of the producer's events.</summary>
    public Type EventType { get; }

    /// <summary>Whether this is a tombstone, a record with a key and no value.</summary>
    public bool IsTombstone { get; }

    // A plain null would be taken for a null array and become an empty memory.

    /// <summary>The bytes of the key; null where the event has none.</summary>
    public ReadOnlyMemory<byte>? Key => _key is not null ? new ReadOnlyMemory<byte>(_key) : default(ReadOnlyMemory<byte>?);

    /// <summary>The headers of the event so far: those of the caller. A header given here stands in place of the library's of the same name, such as <c>ce_type</c>.</summary>
    public EventHeaders Headers { get; }

    /// <summary>The partition to write to; null for the partitioner to choose, by key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? Partition
    {
        get;
        set
        {
            if (value is { } partition) ArgumentOutOfRangeException.ThrowIfNegative(partition, nameof(value));
            field = value;
        }
    }

    /// <summary>The timestamp of the record and the <c>ce_time</c> of the event: the time of the call unless the caller said otherwise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not after the Unix epoch.</exception>
    public DateTimeOffset Timestamp
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, DateTimeOffset.UnixEpoch);
            field = value;
        }
    }

    /// <summary>Fires when the caller cancels the producing, before the event is in the client's queue.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Services for this event. The scope behind them is created when this is first read and disposed when the middleware has returned; it is not the caller's.</summary>
    public IServiceProvider Services => _services(this);

    /// <summary>A place for middleware to leave things for each other.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>The scope of the event, owned by the producer.</summary>
    internal object? Scope { get; set; }

    /// <summary>The event; null for a tombstone.</summary>
    internal object? Event { get; init; }

    /// <summary>The next step to be entered, from 0.</summary>
    internal int NextStep { get; set; }

    /// <summary>What the last step does.</summary>
    internal Func<ProduceContext, ValueTask> Send { get; init; } = static _ => throw new InvalidOperationException("Nobody sends.");
}
