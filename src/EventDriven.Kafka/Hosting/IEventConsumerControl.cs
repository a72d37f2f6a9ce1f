namespace EventDriven.Kafka;

/// <summary>
/// Controls one consumer of this host. Resolve it by the consumer's name as a keyed service, <c>[FromKeyedServices("inventory")]</c>, or all of them as
/// <c>IEnumerable&lt;IEventConsumerControl&gt;</c>. Thread-safe; no member waits for the cluster.
/// </summary>
public interface IEventConsumerControl
{
    /// <summary>The name of the consumer: its group unless it was named otherwise.</summary>
    string Name { get; }

    /// <summary>Where the consumer is in its life, at this moment.</summary>
    ConsumerState State { get; }

    /// <summary>
    /// Tries every partition again that a failing event has stopped, from that event on. Partitions that run are not touched. Does nothing while the
    /// consumer is not running.
    /// </summary>
    void Retry();

    /// <summary>
    /// Starts no further events until <see cref="Resume"/>; those in handlers finish. The consumer stays in its group and keeps its partitions, so nobody
    /// else handles them meanwhile. Holds across rebalances, and may be called before the host has started. Calling it twice is calling it once.
    /// </summary>
    void Pause();

    /// <summary>Undoes <see cref="Pause"/>. Does nothing if the consumer is not paused.</summary>
    void Resume();
}
