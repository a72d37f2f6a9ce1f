namespace EventDriven.Kafka;

/// <summary>
/// Controls one consumer of this host. Resolve it by the consumer's name as a keyed service, <c>[FromKeyedServices("inventory")]</c>, or all of them as
/// <c>IEnumerable&lt;IEventConsumerControl&gt;</c>. Thread-safe; may be called in any state, before the host has started and after it has stopped.
/// </summary>
public interface IEventConsumerControl
{
    /// <summary>The name of the consumer: its group unless it was named otherwise.</summary>
    string Name { get; }

    /// <summary>Where the consumer is in its life, why it waits or has failed, and what it has of each assigned partition. A snapshot; never blocks.</summary>
    ConsumerStatus Status { get; }

    /// <summary>Where the consumer is in its life, at this moment.</summary>
    ConsumerState State => Status.State;

    /// <summary>
    /// Tries every partition again that a failing event has stopped, from that event on. Partitions that run are not touched. Does nothing while the
    /// consumer is not running.
    /// </summary>
    void Retry();

    /// <summary>
    /// Starts no further events until <see cref="Resume()"/>; those in handlers finish. The consumer stays in its group and keeps its partitions, so nobody
    /// else handles them meanwhile. Holds across rebalances, and across a stop and start of the consumer. Calling it twice is calling it once.
    /// </summary>
    void Pause();

    /// <summary>Undoes <see cref="Pause()"/>; partitions that were paused one by one stay so. Does nothing if the consumer is not paused.</summary>
    void Resume();

    /// <summary>
    /// Starts no further events of one partition until <see cref="Resume(string, int)"/>, as <see cref="Pause()"/> does for all. Remembered also while the partition
    /// is not assigned to this process.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The number of the partition.</param>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or empty, or <paramref name="partition"/> is negative.</exception>
    void Pause(string topic, int partition);

    /// <summary>Undoes <see cref="Pause(string, int)"/>. Does nothing if the partition was not paused by it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The number of the partition.</param>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or empty, or <paramref name="partition"/> is negative.</exception>
    void Resume(string topic, int partition);

    /// <summary>
    /// Reads a partition from another offset on, back or forth. Events of it that are in handlers are cancelled and not committed, unless they lie before the new
    /// position; the group's committed position becomes <paramref name="offset"/>. A pause holds.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The number of the partition.</param>
    /// <param name="offset">
    /// The offset of the next event to handle. One that the log does not hold is moved to the nearest end of the log: 0 is the oldest event, and
    /// <see cref="long.MaxValue"/> what is written after the newest.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting, not the seek.</param>
    /// <returns>A task that completes when the broker has acknowledged the new position.</returns>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or empty, or a number is negative.</exception>
    /// <exception cref="InvalidOperationException">
    /// By the task: the consumer does not run, is stopping, or does not have the partition; the partition was given up, or sought again, before the new position was
    /// acknowledged; or the broker did not answer. The message says which.
    /// </exception>
    Task SeekAsync(string topic, int partition, long offset, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts the consumer again after <see cref="StopAsync"/>, or after it has ended by itself; one that is stopping starts when it has stopped. Does nothing while it
    /// runs. Before the host has started it undoes <see cref="StopAsync"/>. Returns at once.
    /// </summary>
    /// <exception cref="InvalidOperationException">The host is stopping.</exception>
    void Start();

    /// <summary>
    /// Stops this consumer, as the host does when it stops: running handlers finish within <see cref="EventConsumerOptions.DrainTimeout"/>, what is finished is
    /// committed, and the group is left, so that other members take over its partitions. Everything else in the host goes on. Before the host has started: the
    /// host does not start it. Does nothing if it has stopped.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the stop.</param>
    /// <returns>A task that completes when it has stopped, at the latest a few seconds after the drain timeout.</returns>
    Task StopAsync(CancellationToken cancellationToken = default);
}
