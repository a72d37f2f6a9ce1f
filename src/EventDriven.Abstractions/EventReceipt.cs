namespace EventDriven;

/// <summary>Where the broker put an event that it has acknowledged.</summary>
public readonly record struct EventReceipt
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The offset in the partition.</summary>
    public required long Offset { get; init; }

    /// <summary>The timestamp of the record, to the millisecond, in UTC: when it was produced, or appended where the topic says so.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
