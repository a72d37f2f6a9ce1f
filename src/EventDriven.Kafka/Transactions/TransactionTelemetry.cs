using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Transactions;

/// <summary>What one owner of transactions tells of them. Thread-safe.</summary>
internal sealed class TransactionTelemetry
{
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?>[] _committed;
    private readonly KeyValuePair<string, object?>[] _aborted;
    private readonly KeyValuePair<string, object?>[] _unknown;

    /// <param name="instruments">The instruments of the host.</param>
    /// <param name="time">The clock.</param>
    /// <param name="owner">Whose they are: the name of the attribute, and of the consumer or producer.</param>
    public TransactionTelemetry(Instruments instruments, TimeProvider time, KeyValuePair<string, object?> owner)
    {
        _instruments = instruments;
        _time = time;
        _committed = [owner, new(Attributes.Outcome, "committed")];
        _aborted = [owner, new(Attributes.Outcome, "aborted")];
        _unknown = [owner, new(Attributes.Outcome, "unknown")];
    }

    public static TransactionTelemetry OfConsumer(Instruments instruments, TimeProvider time, string consumer) => new(instruments, time, new(Attributes.Consumer, consumer));

    public static TransactionTelemetry OfProducer(Instruments instruments, TimeProvider time, string producer) => new(instruments, time, new(Attributes.Producer, producer));

    /// <summary>A transaction is committed.</summary>
    /// <param name="begunAt">When it was begun.</param>
    /// <param name="events">How many events it finished, or produced where it finished none.</param>
    public void Committed(long begunAt, long events)
    {
        End(begunAt, _committed);
        _instruments.Note(_instruments.TransactionEvents, events, _committed[0]);
    }

    /// <summary>A transaction was rolled back.</summary>
    public void Aborted(long begunAt) => End(begunAt, _aborted);

    /// <summary>A transaction has ended, and nobody here knows how.</summary>
    public void Lost(long begunAt) => End(begunAt, _unknown);

    private void End(long begunAt, KeyValuePair<string, object?>[] tags)
    {
        _instruments.Count(_instruments.Transactions, tags);
        _instruments.Time(_instruments.TransactionDuration, _time.GetElapsedTime(begunAt), tags);
    }
}
