namespace EventDriven.Kafka.Parking;

/// <summary>The answer to one read of a parked log.</summary>
internal sealed record ParkedLogRead
{
    /// <summary>The entries from the asked offset on, in the order of their offsets; empty where there is none yet, or where the log starts above the asked offset.</summary>
    public required IReadOnlyList<ParkedLogRecord> Records { get; init; }

    /// <summary>The offset to read from next: above the last entry, and over what holds none.</summary>
    public required long Next { get; init; }

    /// <summary>
    /// The oldest offset of the log as far as it is known: where it is above the asked offset, what lay between was trimmed, and there are no records. A position
    /// that was trimmed away is never passed over without this.
    /// </summary>
    public required long LogStart { get; init; }

    /// <summary>
    /// The offset after the newest record of the log, as of the fetch that the answer comes from. Where it is below the asked offset, the log is another one, or has
    /// lost its end.
    /// </summary>
    public required long LogEnd { get; init; }
}
