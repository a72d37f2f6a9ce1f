namespace EventDriven.Kafka;

/// <summary>An event that is held, at one moment. Immutable.</summary>
public sealed class HeldEvent
{
    /// <summary>The topic that it was read from.</summary>
    public required string Topic { get; init; }

    /// <summary>The number of the partition.</summary>
    public required int Partition { get; init; }

    /// <summary>The offset.</summary>
    public required long Offset { get; init; }

    /// <summary>Why it is held.</summary>
    public required HoldReason Reason { get; init; }

    /// <summary>What is missing or wrong: the type of the last exception, or why it can't be written. Never holds a key or payload.</summary>
    public required string Problem { get; init; }

    /// <summary>Since when it is held.</summary>
    public required DateTimeOffset Since { get; init; }
}
