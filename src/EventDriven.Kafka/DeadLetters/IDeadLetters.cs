namespace EventDriven.Kafka;

/// <summary>
/// The dead letters of one cluster: what there is, what is in it, putting it back, deleting it. Resolve it from the services: unkeyed for the first cluster, keyed by
/// a cluster's name for any. Works on any dead-letter topic, also of groups that this host has no consumer of.
/// </summary>
/// <remarks>Thread-safe. Each call makes clients of its own and closes them at its end: it is for people and jobs, not for the path of events.</remarks>
public interface IDeadLetters
{
    /// <summary>Reads the dead letters of a topic, from its oldest to what was its newest when the call began; partitions one after the other, each in offset order.</summary>
    /// <param name="topic">The dead-letter topic, such as <c>inventory--orders--dlq</c>.</param>
    /// <param name="filter">Which of them; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The dead letters. Reading on while they come is up to the caller: few are held.</returns>
    /// <exception cref="DeadLetterException">While reading: the topic does not exist, or the brokers did not answer.</exception>
    IAsyncEnumerable<DeadLetter> ListAsync(string topic, DeadLetterFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one dead letter.</summary>
    /// <param name="topic">The dead-letter topic.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">Its offset in that partition.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The dead letter; null where there is none at that offset.</returns>
    /// <exception cref="DeadLetterException">The topic does not exist, or the brokers did not answer.</exception>
    Task<DeadLetter?> FindAsync(string topic, int partition, long offset, CancellationToken cancellationToken = default);

    /// <summary>Turns the bytes of a dead letter into its event, by the serializer of the consumer of this host that it failed in.</summary>
    /// <param name="letter">The dead letter.</param>
    /// <param name="cancellationToken">Cancels waiting for a registry.</param>
    /// <returns>The event; null where it is a tombstone, or where no consumer of this host is of its group and topic and handles its type.</returns>
    /// <exception cref="EventSerializationException">Its bytes do not decode, which may be why it is a dead letter.</exception>
    ValueTask<object?> DecodeAsync(DeadLetter letter, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts dead letters back: each is written, and acknowledged, before it counts as put back. They stay in their topic; where a run stands is the committed offset
    /// of its own consumer group, so that one that was interrupted goes on where it stopped.
    /// </summary>
    /// <param name="request">Which, where to, how many and how fast.</param>
    /// <param name="progress">Told about once a second, and at the end.</param>
    /// <param name="cancellationToken">Interrupts the run, once what was written is committed.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="ArgumentException">The request does not make sense; the message says why.</exception>
    /// <exception cref="DeadLetterException">A dead letter could not be put back, a topic does not exist, or the brokers did not answer. What was put back before is committed.</exception>
    /// <remarks>
    /// A run that is killed, or that another process joins, puts back at most those again that it wrote since its last commit (<see cref="RedriveRequest.CommitInterval"/>).
    /// What it has not reached is not passed over.
    /// </remarks>
    Task<RedriveResult> RedriveAsync(RedriveRequest request, IProgress<RedriveResult>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Counts the dead letters of a partition below an offset: what <see cref="PurgeAsync"/> would delete.</summary>
    /// <param name="topic">The dead-letter topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="before">The offset; those at and above it do not count.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <returns>How many there are: counted, not computed from offsets.</returns>
    /// <exception cref="DeadLetterException">The topic does not exist, or the brokers did not answer.</exception>
    Task<long> CountAsync(string topic, int partition, long before, CancellationToken cancellationToken = default);

    /// <summary>Deletes the dead letters of a partition below an offset, for good.</summary>
    /// <param name="topic">The dead-letter topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="before">The offset; those at and above it stay.</param>
    /// <param name="expectedCount">How many there are, from <see cref="CountAsync"/>: where it is another number, nothing is deleted.</param>
    /// <param name="cancellationToken">Ends the waiting; what was asked of the broker is done all the same.</param>
    /// <returns>A task that completes when the broker has deleted them.</returns>
    /// <exception cref="DeadLetterException">There are more or fewer, the topic does not exist, the right to delete is missing, or the brokers did not answer.</exception>
    Task PurgeAsync(string topic, int partition, long before, long expectedCount, CancellationToken cancellationToken = default);
}
