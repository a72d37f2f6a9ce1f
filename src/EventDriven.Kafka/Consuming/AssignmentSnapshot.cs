using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Consuming;

/// <summary>The state of one assignment at one moment.</summary>
internal sealed record AssignmentSnapshot
{
    public required PartitionId Id { get; init; }

    /// <summary>The offset that may be committed; null while none is known.</summary>
    public required long? Position { get; init; }

    /// <summary>The offset of the last record received; -1 before the first.</summary>
    public required long LastReceived { get; init; }

    /// <summary>Whether everything up to the end of the partition is finished.</summary>
    public required bool IsAtEnd { get; init; }

    /// <summary>Records received and not finished.</summary>
    public required int Held { get; init; }

    public required long HeldBytes { get; init; }

    /// <summary>Those of them whose time has not come.</summary>
    public required int Waiting { get; init; }

    /// <summary>Whether the newest record held is one of those: so are those behind it in the log.</summary>
    public required bool NewestWaits { get; init; }

    /// <summary>Records in handlers.</summary>
    public required int Running { get; init; }

    /// <summary>Records finished in this assignment.</summary>
    public required long Finished { get; init; }

    public required long? OldestRunningOffset { get; init; }

    /// <summary>How long the oldest record in a handler has been there; null where there is none.</summary>
    public required TimeSpan? OldestRunning { get; init; }

    /// <summary>How long the position has not moved; zero at the end of the partition.</summary>
    public required TimeSpan PositionAge { get; init; }

    public required StoppedAt? StoppedAt { get; init; }

    /// <summary>Why the client is not fetching the partition.</summary>
    public required PauseReasons Pauses { get; init; }

    public required bool IsFenced { get; init; }

    /// <summary>What the partition parks; null where its consumer does not park, or once fenced.</summary>
    public ParkingSnapshot? Parking { get; init; }

    /// <summary>
    /// The offset after the newest record, from what the client knew of it at its last fetch and what was read since; null where neither is known. Once everything
    /// is finished it is the position, whatever control records follow.
    /// </summary>
    public long? EndOfLog(long? known) => IsAtEnd ? Position : known is null && LastReceived < 0 ? null : Math.Max(known ?? 0, LastReceived + 1);

    /// <summary>Offsets up to the end of the log that are not finished; null while unknown.</summary>
    public long? Lag(long? known) => EndOfLog(known) - Position is { } lag ? Math.Max(0, lag) : null;

    /// <summary>The lag without those that wait for their time, which are no work to be done; null while unknown.</summary>
    public long? DueLag(long? known) => NewestWaits ? Held - Waiting : Lag(known) - Waiting is { } due ? Math.Max(0, due) : null;
}
