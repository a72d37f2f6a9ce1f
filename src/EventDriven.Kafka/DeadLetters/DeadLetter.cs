namespace EventDriven.Kafka;

/// <summary>An event that no step was left for, as its dead-letter topic has it. Immutable, but for its headers, which are a copy of the record's.</summary>
/// <remarks>What is told of its failure comes from headers that anybody may have written: it is null, or zero, where they do not say it, or say nonsense.</remarks>
public sealed class DeadLetter
{
    internal DeadLetter()
    {
    }

    /// <summary>The dead-letter topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Its partition there.</summary>
    public required int Partition { get; init; }

    /// <summary>Its offset there.</summary>
    public required long Offset { get; init; }

    /// <summary>When it was written there, in UTC; the Unix epoch where unknown.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The key, byte for byte; null where the event has none.</summary>
    public required ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The value, byte for byte; null for a tombstone.</summary>
    public required ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>All headers: the event's own, and those that tell of its failure (<c>eventdriven-…</c>).</summary>
    public required EventHeaders Headers { get; init; }

    /// <summary>The topic that it was read from first.</summary>
    public string? OriginalTopic { get; init; }

    /// <summary>The partition that it was read from first.</summary>
    public int? OriginalPartition { get; init; }

    /// <summary>Its offset there. With group, topic and partition it says whether two dead letters are the same event.</summary>
    public long? OriginalOffset { get; init; }

    /// <summary>The timestamp of its first record.</summary>
    public DateTimeOffset? OriginalTimestamp { get; init; }

    /// <summary>The group whose consumer failed.</summary>
    public string? Group { get; init; }

    /// <summary>The handler that failed.</summary>
    public string? Handler { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>What kind of failure it was: <c>fatal</c> or <c>transient</c>.</summary>
    public string? FailureClass { get; init; }

    /// <summary>The full name of the type of the last exception.</summary>
    public string? ExceptionType { get; init; }

    /// <summary>The message of the last exception, which may have been shortened.</summary>
    public string? ExceptionMessage { get; init; }

    /// <summary>The stack of the last exception, which may have been shortened or left out.</summary>
    public string? ExceptionStack { get; init; }

    /// <summary>When the last attempt failed, by the clock of the process that made it.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>How often the event has been put back before.</summary>
    public int Redriven { get; init; }
}
