namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>
    /// Commits what handlers produce together with the offsets of their events, in Kafka transactions: each event that is read counts once in what is written, whatever crashes.
    /// All that an attempt produces by any <see cref="IEventProducer{T}"/> of the same cluster, and the retry and dead-letter records of this consumer, is written once the event is finished,
    /// and all before it on its partition are; so is the mark of an event that was parked (<see cref="FailurePolicyBuilder.KeepKeyOrder"/>) that it is done. Sources are read with <c>read_committed</c>.
    /// </summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>
    /// A transaction is committed each <see cref="EventConsumerOptions.CommitInterval"/>, or after <see cref="EventConsumerOptions.CommitAfterEvents"/>; readers see nothing of it before. Where it is aborted,
    /// handlers see its events again. What they do elsewhere, in a database or another cluster, is not part of it. Within a handler the receipt of an event has no offset. Handlers
    /// of batches are refused at start.
    /// </remarks>
    public EventConsumerBuilder InTransactions()
    {
        Pipeline.IsTransactional = true;
        return this;
    }
}
