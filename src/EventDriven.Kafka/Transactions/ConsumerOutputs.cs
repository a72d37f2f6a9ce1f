using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>What the attempts of one consumer with transactions have in common: its settings, records for reuse, and what brokers have refused. Thread-safe.</summary>
/// <param name="settings">The settings of the consumer's transactional client.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsumerOutputs(TransactionalClientSettings settings, TimeProvider time)
{
    /// <summary>
    /// For how long a refusal answers attempts, from the first that it has answered on: then the brokers are asked once more, which may have been taught better. Each time costs a transaction.
    /// </summary>
    private static readonly TimeSpan RefusalLasts = TimeSpan.FromSeconds(30);

    /// <summary>Records that wait for their transaction are many: as many as events of a transaction are kept.</summary>
    private const int MaxSpare = 8_192;

    private readonly ConcurrentQueue<OutgoingRecord> _spare = new();
    private readonly ConcurrentDictionary<(string Topic, int Partition, long Offset), Refusal> _refused = new();
    private readonly Lock _gate = new();
    private (EventOutput Output, Refusal Refusal)? _largest;
    private bool _isSettled;
    private int _spareCount;

    public TransactionalClientSettings Settings => settings;

    /// <summary>Begins the output of an attempt at the event with these coordinates.</summary>
    public EventOutput Open(string topic, int partition, long offset) => new(this, topic, partition, offset);

    public OutgoingRecord Rent()
    {
        if (!_spare.TryDequeue(out var record)) return new OutgoingRecord();

        Interlocked.Decrement(ref _spareCount);
        return record;
    }

    public void Return(OutgoingRecord record)
    {
        record.Clear();
        if (Volatile.Read(ref _spareCount) >= MaxSpare) return;

        Interlocked.Increment(ref _spareCount);
        _spare.Enqueue(record);
    }

    /// <summary>
    /// Brokers, or the client, refuse a record, and will again: the transaction is lost with it, and would be for ever. So the attempt that makes the record again is told, and the
    /// failure policy of the consumer has its say.
    /// </summary>
    public void NoteRefused(EventOutput output, int size, EventProduceException error)
    {
        if (!IsLasting(error)) return;

        if (error.Reason is not ProduceFailureReason.TooLarge)
        {
            _refused[(output.Topic, output.Partition, output.Offset)] = new Refusal(error, size, output.IsPassed);
            return;
        }

        // Brokers refuse the whole batch, those beside the one that is too large included: that is the largest.
        lock (_gate)
        {
            if (_largest is { } largest && size <= largest.Refusal.Size) return;

            // The client reports on another thread, so that it may do so when the abort is over already.
            if (_isSettled && _largest is { Output: var innocent }) _refused.TryRemove((innocent.Topic, innocent.Partition, innocent.Offset), out _);
            _largest = (output, new Refusal(error, size, output.IsPassed));
            if (_isSettled) Settle();
        }
    }

    /// <summary>A transaction begins: what is refused from now on is in it.</summary>
    public void BeginRefusals()
    {
        lock (_gate)
        {
            _largest = null;
            _isSettled = false;
        }
    }

    /// <summary>The transaction is aborted: the largest of what was refused in it is.</summary>
    public void SettleRefused()
    {
        lock (_gate)
        {
            _isSettled = true;
            Settle();
        }
    }

    /// <summary>Why a record of an attempt is refused before it is sent; null where nothing is known against it.</summary>
    public EventProduceException? RefusalOf(EventOutput output, string topic, int size)
    {
        var key = (output.Topic, output.Partition, output.Offset);
        if (_refused.IsEmpty || !_refused.TryGetValue(key, out var refusal) || refusal.Error.Topic != topic || (refusal.Error.Reason is ProduceFailureReason.TooLarge && size < refusal.Size))
        {
            return null;
        }

        if (!refusal.HasExpired(time, RefusalLasts)) return refusal.Error;

        _refused.TryRemove(KeyValuePair.Create(key, refusal));
        return null;
    }

    /// <summary>A parked event, or one from a retry topic, waits for another attempt, by which brokers may have been taught better; or it is done.</summary>
    public void ForgetPassed(string topic, int partition, long offset) => _refused.TryRemove((topic, partition, offset), out _);

    /// <summary>The events of a partition below an offset are done with, but for those that are parked or in retry topics.</summary>
    public void Forget(string topic, int partition, long offset)
    {
        if (_refused.IsEmpty) return;

        foreach (var key in _refused.Keys)
        {
            if (key.Topic == topic && key.Partition == partition && key.Offset < offset && _refused.TryGetValue(key, out var refusal) && !refusal.IsPassed) _refused.TryRemove(key, out _);
        }
    }

    private void Settle()
    {
        if (_largest is { Output: var output, Refusal: var refusal }) _refused[(output.Topic, output.Partition, output.Offset)] = refusal;
    }

    private static bool IsLasting(EventProduceException error) =>
        error.Reason is ProduceFailureReason.TooLarge or ProduceFailureReason.UnknownTopicOrPartition or ProduceFailureReason.NotAuthorized
        || error.InnerException is KafkaException { Error.Code: ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp or ErrorCode.PolicyViolation };

    private sealed class Refusal(EventProduceException error, int size, bool isPassed)
    {
        private long _toldAt = -1;

        public EventProduceException Error => error;

        public int Size => size;

        public bool IsPassed => isPassed;

        /// <summary>Whether it was told for the first time so long ago; this may be that time.</summary>
        public bool HasExpired(TimeProvider time, TimeSpan after)
        {
            var now = time.GetTimestamp();
            var toldAt = Interlocked.CompareExchange(ref _toldAt, now, -1);
            return toldAt >= 0 && time.GetElapsedTime(toldAt, now) >= after;
        }
    }
}
