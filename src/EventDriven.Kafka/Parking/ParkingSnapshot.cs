namespace EventDriven.Kafka.Parking;

/// <summary>The state of the parked log of one assignment at one moment.</summary>
internal sealed record ParkingSnapshot
{
    /// <summary>Whether everything parked is known, so that the partition may start.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>How long the index took to rebuild; null while it is not complete.</summary>
    public required TimeSpan? RebuildTime { get; init; }

    public required int Entries { get; init; }

    public required int Keys { get; init; }

    public required long Bytes { get; init; }

    /// <summary>When the event that has been due the longest was due; null where none is due now.</summary>
    public required TimeSpan? OldestDue { get; init; }

    /// <summary>Whether as much is parked as may be, so that the source waits.</summary>
    public required bool IsAtBound { get; init; }

    /// <summary>Why the parked log could not be read, written or trimmed at the last try; null where it could.</summary>
    public required string? Error { get; init; }

    /// <summary>Whether the log only grows, because the broker does not let it be trimmed.</summary>
    public required bool IsGrowing { get; init; }
}
