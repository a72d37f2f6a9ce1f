namespace EventDriven.Kafka;

/// <summary>The state of one consumer at one moment. Immutable.</summary>
public sealed class ConsumerStatus
{
    /// <summary>Where the consumer is in its life.</summary>
    public required ConsumerState State { get; init; }

    /// <summary>Why it waits, or why it failed; null where all is well. Never holds a key or payload.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when no broker answers; null while one does.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Whether the application has paused the whole consumer.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether it stops or has stopped because the application said so, by <see cref="IEventConsumerControl.StopAsync"/>.</summary>
    public bool IsStoppedByApplication { get; internal set; }

    /// <summary>The patterns of <see cref="EventConsumerOptions.Topics"/> that match no topic of the cluster.</summary>
    public IReadOnlyList<string> UnmatchedPatterns { get; init; } = [];

    /// <summary>
    /// The events that are held, oldest first: they wait for the end of an outage, or for a retry or dead-letter topic that can't be written to, and go on by themselves.
    /// </summary>
    public IReadOnlyList<HeldEvent> HeldEvents { get; init; } = [];

    /// <summary>The topics found by patterns that are not read since the topics for their failed events are not as they must be, and why.</summary>
    internal IReadOnlyDictionary<string, string> Unprepared { get; init; } = new Dictionary<string, string>();

    /// <summary>The partitions that are assigned to it.</summary>
    public IReadOnlyList<PartitionStatus> Partitions { get; init; } = [];
}
