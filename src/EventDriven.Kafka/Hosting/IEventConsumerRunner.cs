using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Hosting;

/// <summary>One running consumer, as the host and its health check see it. Thread-safe.</summary>
internal interface IEventConsumerRunner
{
    /// <summary>A snapshot; never blocks, valid before the start and after the end.</summary>
    ConsumerStatus Status { get; }

    /// <summary>Starts reading, or starts again once it has stopped. Does nothing while it runs. Returns at once.</summary>
    void Start();

    /// <summary>Stops: drains, commits, leaves the group. Ends within the budget, whatever handlers and brokers do; never throws.</summary>
    /// <param name="budget">The time for all of it.</param>
    Task StopAsync(TimeSpan budget);

    /// <summary>Tries the partitions that a failing event has stopped again, from that event.</summary>
    void Retry();

    /// <summary>Starts no further events, now and after rebalances, and stays in the group. May be called before the start.</summary>
    void Pause();

    /// <summary>Undoes <see cref="Pause()"/>.</summary>
    void Resume();

    /// <summary>Starts no further events of one partition, assigned or not.</summary>
    void Pause(PartitionId partition);

    /// <summary>Undoes <see cref="Pause(PartitionId)"/>.</summary>
    void Resume(PartitionId partition);

    /// <summary>Reads a partition from another offset on.</summary>
    /// <exception cref="InvalidOperationException">By the task: the seek was not done, and why.</exception>
    Task SeekAsync(PartitionId partition, long offset);
}
