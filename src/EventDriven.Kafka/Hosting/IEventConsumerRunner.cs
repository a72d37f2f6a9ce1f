using EventDriven.Kafka.Health;

namespace EventDriven.Kafka.Hosting;

/// <summary>One running consumer, as the host and its health check see it. Thread-safe.</summary>
internal interface IEventConsumerRunner
{
    /// <summary>A snapshot; never blocks, valid before the start and after the end.</summary>
    ConsumerStatus Status { get; }

    /// <summary>Starts reading; called once. Returns at once.</summary>
    void Start();

    /// <summary>Stops: drains, commits, leaves the group. Ends within the budget, whatever handlers and brokers do; never throws.</summary>
    /// <param name="budget">The time for all of it.</param>
    Task StopAsync(TimeSpan budget);

    /// <summary>Tries the partitions that a failing event has stopped again, from that event.</summary>
    void Retry();

    /// <summary>Starts no further events, now and after rebalances, and stays in the group. May be called before the start.</summary>
    void Pause();

    /// <summary>Undoes <see cref="Pause"/>.</summary>
    void Resume();
}
