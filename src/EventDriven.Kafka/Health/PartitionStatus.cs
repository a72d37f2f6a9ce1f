namespace EventDriven.Kafka.Health;

/// <summary>An immutable snapshot of one assigned partition.</summary>
internal sealed record PartitionStatus
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    /// <summary>The offset after the highest finished one without a gap: what is handed over for committing. Null until it is known.</summary>
    public long? Position { get; init; }

    /// <summary>The last position that the broker acknowledged; null before the first.</summary>
    public long? CommittedPosition { get; init; }

    /// <summary>Events in handlers, or waiting between two attempts.</summary>
    public int InFlight { get; init; }

    /// <summary>Records held that are not started.</summary>
    public int Buffered { get; init; }

    /// <summary>Why it is paused, such as <c>backpressure</c>; empty while it is read.</summary>
    public IReadOnlyList<string> PauseReasons { get; init; } = [];

    /// <summary>How long the oldest event has been in its handler; null where none is.</summary>
    public TimeSpan? OldestInFlight { get; init; }

    /// <summary>Whether that is beyond <see cref="EventConsumerOptions.StuckAfter"/>.</summary>
    public bool IsStuck { get; init; }

    /// <summary>The offset of the failing event before which the partition stopped; null while it runs.</summary>
    public long? StoppedAt { get; init; }

    /// <summary>The type of the exception that stopped it.</summary>
    public string? StoppedBy { get; init; }

    public override string ToString() => $"{Topic}[{Partition}]";
}
