namespace EventDriven.Kafka;

/// <summary>The state of one assigned partition at one moment. Immutable.</summary>
public sealed class PartitionStatus
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The number of the partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The offset after the highest finished event without a gap: what is handed over for committing. Null until it is known.</summary>
    public long? Position { get; init; }

    /// <summary>The last position that the broker acknowledged to this process; null before the first.</summary>
    public long? CommittedPosition { get; init; }

    /// <summary>The offset after the newest record, as of the last answer to a fetch; null until it is known.</summary>
    public long? LogEnd { get; init; }

    /// <summary>How many offsets the partition holds that are not finished; null until that is known. Records that no consumer sees, such as those of transactions, count until they are reached.</summary>
    public long? Lag => LogEnd - Position is { } lag ? Math.Max(0, lag) : null;

    /// <summary>
    /// <see cref="Lag"/> without events of a retry topic that wait for their time, which are no work to be done: what to scale by. Null until it is known.
    /// </summary>
    public long? DueLag { get; init; }

    /// <summary>Records held whose time has not come: those of a retry topic.</summary>
    public int Waiting { get; init; }

    /// <summary>Events that are parked: they wait for a retry, or behind such a one of their key. Always 0 for a consumer that does not keep key order through retries.</summary>
    public int Parked { get; init; }

    /// <summary>How many keys have parked events; each event without a key counts as one.</summary>
    public int ParkedKeys { get; init; }

    /// <summary>Whether as much is parked as may be, so that the partition waits until some of it is done: see <see cref="EventConsumerOptions.MaxParkedEvents"/>.</summary>
    public bool IsParkedFull { get; init; }

    /// <summary>Whether nothing of the partition is started yet, since it is being read what of it is parked.</summary>
    public bool IsRestoringParked { get; init; }

    /// <summary>Why the partition's parked events could not be read or written at the last try; null where they could.</summary>
    public string? ParkedError { get; init; }

    /// <summary>Events in handlers, or waiting between two attempts.</summary>
    public int InFlight { get; init; }

    /// <summary>Records held that are not started.</summary>
    public int Buffered { get; init; }

    /// <summary>
    /// Why it is not read: <c>Backpressure</c> (it holds as much as it may), <c>Stopped</c> (an event failed), <c>Resolving</c> (where to start is being looked up),
    /// <c>User</c> or <c>UserPartition</c> (the application has paused the consumer, or this partition), <c>Stopping</c>. Empty while it is read.
    /// </summary>
    public IReadOnlyList<string> PauseReasons { get; init; } = [];

    /// <summary>How long the oldest event has been in its handler; null where none is.</summary>
    public TimeSpan? OldestInFlight { get; init; }

    /// <summary>Whether that is beyond <see cref="EventConsumerOptions.StuckAfter"/>.</summary>
    public bool IsStuck { get; init; }

    /// <summary>The offset of the failing event before which the partition stopped; null while it runs.</summary>
    public long? StoppedAt { get; init; }

    /// <summary>The type of the exception that stopped it.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>Topic and number, as <c>orders[3]</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Topic}[{Partition}]";
}
