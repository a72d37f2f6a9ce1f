namespace EventDriven.Kafka.Health;

/// <summary>An immutable snapshot of one consumer.</summary>
internal sealed record ConsumerStatus
{
    public required ConsumerState State { get; init; }

    /// <summary>Why it waits, or why it failed; null where all is well. Never holds a key or payload.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when no broker answers; null while one does.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Whether the application has paused it.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The partitions assigned at this moment.</summary>
    public IReadOnlyList<PartitionStatus> Partitions { get; init; } = [];
}
