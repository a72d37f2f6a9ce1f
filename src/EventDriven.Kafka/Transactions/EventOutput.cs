using Confluent.Kafka;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>
/// What one attempt at an event has produced, kept until the event is finished, and all events before it on its partition are: only then is it given to the client. An attempt that
/// fails leaves nothing, and no transaction ever holds the output of an event whose offset it does not commit. Thread-safe while it is open; its assignment's, then its transaction's, after that.
/// </summary>
internal sealed class EventOutput(ConsumerOutputs owner, string topic, int partition, long offset) : IOpenTransaction, IRecordSink
{
    private readonly OpenRecords _open = new();
    private readonly Lock _gate = new();
    private readonly List<BufferedRecord> _records = [];
    private long _bytes;

    /// <summary>The topic of the event.</summary>
    public string Topic => topic;

    /// <summary>Its partition.</summary>
    public int Partition => partition;

    /// <summary>Its offset.</summary>
    public long Offset => offset;

    /// <summary>Whether the position of its partition has passed the event, which was parked, or comes from a retry topic: what is refused of it is remembered all the same.</summary>
    public bool IsPassed { get; set; }

    /// <summary>How much it holds.</summary>
    public long Bytes => _bytes;

    /// <summary>What was produced, in its order; to be read once it is closed.</summary>
    public IReadOnlyList<BufferedRecord> Records => _records;

    /// <summary>Why a record did not become part of it; null where all did.</summary>
    public Exception? Refused => _open.Refused;

    public IRecordSink For(ProduceTarget producer)
    {
        owner.Settings.Check(producer);
        return this;
    }

    public OutgoingRecord Rent()
    {
        _open.Begin(owner.Settings.Subject);
        return owner.Rent();
    }

    public void Return(OutgoingRecord record)
    {
        owner.Return(record);
        _open.End(new InvalidOperationException(
            "An event that was produced within the transaction was refused, or its making has failed. The whole attempt fails with it, also where its code has caught the exception: the transaction holds all that an event produces, or nothing."));
    }

    public Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken)
    {
        Add(record, pending.Target);
        _open.End(null);

        // For its caller it has ended: it is written with the transaction, and where that is aborted the event is handled again.
        pending.Complete(new EventReceipt
        {
            Topic = pending.Target.Topic,
            Partition = -1,
            Offset = -1,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, record.Message.Timestamp.UnixTimestampMs)),
        });
        return null;
    }

    /// <summary>Adds a record that no producer has made.</summary>
    /// <exception cref="EventProduceException">Brokers have refused it before.</exception>
    public void Add(OutgoingRecord record, ProduceTarget target)
    {
        var size = (record.Message.Key?.Length ?? 0) + (record.Message.Value?.Length ?? 0);
        if (owner.RefusalOf(this, target.Topic, size) is { } refusal) throw refusal;

        lock (_gate)
        {
            _records.Add(new BufferedRecord(this, record, target, size));
            _bytes += size + BufferedRecord.Overhead;
        }
    }

    /// <summary>Lets nothing more in, and waits for what is being made.</summary>
    public Task CloseAsync() => _open.CloseAsync();

    public void NoteRefused(int size, EventProduceException error) => owner.NoteRefused(this, size, error);
}
