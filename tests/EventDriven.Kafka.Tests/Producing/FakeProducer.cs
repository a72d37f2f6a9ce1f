using System.Collections.Concurrent;
using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>
/// A client whose reports the test hands out. Like the real one, it frees a record's room only after its delivery handler has returned, calls handlers on the
/// thread that polls or flushes, and throws at once where its queue is full.
/// </summary>
internal sealed class FakeProducer : IProducer<byte[], byte[]>
{
    private readonly BlockingCollection<Action> _served = [];
    private readonly ConcurrentQueue<Taken> _taken = new();
    private readonly ConcurrentQueue<Taken> _unreported = new();
    private readonly ConcurrentQueue<string> _transactionCalls = new();
    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly int _capacity;
    private int _room;
    private int _calls;

    public FakeProducer(int capacity)
    {
        _capacity = capacity;
        _room = capacity;
    }

    /// <summary>What the next calls of Produce throw.</summary>
    public ConcurrentQueue<Error> Refusals { get; } = new();

    /// <summary>While set, Produce refuses everything with it.</summary>
    public Error? Broken { get; set; }

    /// <summary>What a call about transactions throws; null where it succeeds.</summary>
    public Func<string, Exception?> OnTransaction { get; set; } = static _ => null;

    /// <summary>The calls about transactions, in their order.</summary>
    public IReadOnlyList<string> TransactionCalls => [.. _transactionCalls];

    /// <summary>Is called inside of a Produce that is refused since the queue is full.</summary>
    public Action? WhenFull { get; set; }

    public Action<Error> RaiseError { get; init; } = static _ => { };

    public IReadOnlyList<Taken> Records => [.. _taken];

    public IEnumerable<string> Values => Records.Select(static record => record.Value);

    public int Calls => Volatile.Read(ref _calls);

    public bool IsDisposed { get; private set; }

    public int Flushes { get; private set; }

    public string Name => "fake";

    public Handle Handle => throw new NotSupportedException();

    public void Produce(TopicPartition topicPartition, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>>? deliveryHandler = null)
    {
        Interlocked.Increment(ref _calls);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Broken is { } broken) throw Refused(broken);
        if (Refusals.TryDequeue(out var error)) throw Refused(error);
        if (Interlocked.Decrement(ref _room) < 0)
        {
            Interlocked.Increment(ref _room);
            WhenFull?.Invoke();
            throw Refused(new Error(ErrorCode.Local_QueueFull));
        }

        var taken = new Taken(
            topicPartition,
            message.Key,
            message.Value,
            message.Timestamp,
            [.. message.Headers.Select(static header => new KeyValuePair<string, byte[]?>(header.Key, header.GetValueBytes()?.ToArray()))],
            deliveryHandler!);
        _taken.Enqueue(taken);
        _unreported.Enqueue(taken);
        _arrivals.Release();
    }

    /// <summary>Waits until this many more records have been taken.</summary>
    public async Task<FakeProducer> Arrive(int count = 1)
    {
        for (var i = 0; i < count; i++) Assert.True(await _arrivals.WaitAsync(Patience.Limit), "No record came.");
        return this;
    }

    /// <summary>Reports the oldest record that has no report yet.</summary>
    public void Report(ErrorCode error = ErrorCode.NoError, PersistenceStatus status = PersistenceStatus.Persisted, bool fatal = false)
    {
        Assert.True(_unreported.TryDequeue(out var record), "There is nothing to report.");
        var offset = Records.ToList().IndexOf(record!);
        _served.Add(() =>
        {
            record!.Handler(new DeliveryReport<byte[], byte[]>
            {
                TopicPartitionOffsetError = new TopicPartitionOffsetError(
                    record.Destination.Topic, record.Destination.Partition == Partition.Any ? 0 : record.Destination.Partition, offset, new Error(error, null, fatal)),
                Status = status,
                Message = new Message<byte[], byte[]> { Timestamp = record.Timestamp },
            });
            Interlocked.Increment(ref _room);
        });
    }

    public void ReportAll()
    {
        while (!_unreported.IsEmpty) Report();
    }

    /// <summary>Calls the error handler from within the next poll.</summary>
    public void Raise(Error error) => _served.Add(() => RaiseError(error));

    public int Poll(TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (!_served.TryTake(out var serve, timeout)) return 0;

        serve();
        return 1;
    }

    public int Flush(TimeSpan timeout)
    {
        Flushes++;
        if (Volatile.Read(ref _room) != _capacity) Poll(timeout);
        return _capacity - Volatile.Read(ref _room);
    }

    public void Dispose() => IsDisposed = true;

    public Task<DeliveryResult<byte[], byte[]>> ProduceAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<DeliveryResult<byte[], byte[]>> ProduceAsync(TopicPartition topicPartition, Message<byte[], byte[]> message, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Produce(string topic, Message<byte[], byte[]> message, Action<DeliveryReport<byte[], byte[]>>? deliveryHandler = null) => throw new NotSupportedException();

    public void Flush(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void InitTransactions(TimeSpan timeout) => Transact("init");

    public void BeginTransaction() => Transact("begin");

    public void CommitTransaction(TimeSpan timeout) => throw new NotSupportedException();

    public void CommitTransaction()
    {
        ReportAll();
        Transact("commit");
    }

    public void AbortTransaction(TimeSpan timeout) => throw new NotSupportedException();

    public void AbortTransaction()
    {
        while (!_unreported.IsEmpty) Report(ErrorCode.Local_PurgeQueue, PersistenceStatus.NotPersisted);
        Transact("abort");
    }

    public void SendOffsetsToTransaction(IEnumerable<TopicPartitionOffset> offsets, IConsumerGroupMetadata groupMetadata, TimeSpan timeout) =>
        Transact($"offsets {string.Join(' ', offsets.Select(static one => $"{one.Topic}[{one.Partition.Value}]@{one.Offset.Value}").Order(StringComparer.Ordinal))}");

    public int AddBrokers(string brokers) => throw new NotSupportedException();

    public void SetSaslCredentials(string username, string password) => throw new NotSupportedException();

    private void Transact(string call)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _transactionCalls.Enqueue(call);
        if (OnTransaction(call) is { } thrown) throw thrown;
    }

    private static ProduceException<byte[], byte[]> Refused(Error error) => new(error, new DeliveryResult<byte[], byte[]>());

    internal sealed record Taken(
        TopicPartition Destination,
        byte[]? Key,
        byte[]? ValueBytes,
        Timestamp Timestamp,
        IReadOnlyList<KeyValuePair<string, byte[]?>> Headers,
        Action<DeliveryReport<byte[], byte[]>> Handler)
    {
        public string Value => ValueBytes is null ? "null" : System.Text.Encoding.UTF8.GetString(ValueBytes);
    }
}
