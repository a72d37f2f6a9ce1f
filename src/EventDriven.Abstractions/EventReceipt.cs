namespace EventDriven;

/// <summary>Where the broker put an event that it has acknowledged.</summary>
public readonly record struct EventReceipt
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The partition; -1 where a handler of a consumer with transactions has produced the event, which is written with its transaction.</summary>
    public required int Partition { get; init; }

    /// <summary>The offset in the partition; -1 where <see cref="Partition"/> is.</summary>
    public required long Offset { get; init; }

    /// <summary>The timestamp of the record, to the millisecond, in UTC: when it was produced, or appended where the topic says so.</summary>
    public required DateTimeOffset Timestamp { get; init; }
}
