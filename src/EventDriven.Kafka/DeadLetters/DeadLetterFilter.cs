namespace EventDriven.Kafka;

/// <summary>Which dead letters are meant: those that all of its properties agree on. A property that is null has no say.</summary>
public sealed class DeadLetterFilter
{
    /// <summary>The earliest time of failure (where a dead letter does not tell it, of its writing). The default value is null.</summary>
    public DateTimeOffset? FailedFrom { get; set; }

    /// <summary>The time of failure that is too late already. The default value is null.</summary>
    public DateTimeOffset? FailedBefore { get; set; }

    /// <summary>The type of the exception: its full name, or its name without the namespace. The default value is null.</summary>
    public string? ExceptionType { get; set; }

    /// <summary>The key, byte for byte. The default value is null.</summary>
    public ReadOnlyMemory<byte>? Key { get; set; }

    /// <summary>The group whose consumer failed. The default value is null.</summary>
    public string? Group { get; set; }

    /// <summary>The partition of the dead-letter topic. The default value is null.</summary>
    public int? Partition { get; set; }

    /// <summary>The lowest offset, in each partition of the dead-letter topic. The default value is null.</summary>
    public long? FromOffset { get; set; }

    /// <summary>The offset that is too high already, in each partition of the dead-letter topic. The default value is null.</summary>
    public long? BeforeOffset { get; set; }

    /// <summary>Anything else. Called on a thread of the reading; what it throws ends the call. The default value is null.</summary>
    public Func<DeadLetter, bool>? Where { get; set; }

    internal bool IsEmpty =>
        FailedFrom is null && FailedBefore is null && ExceptionType is null && Key is null && Group is null && Partition is null && FromOffset is null && BeforeOffset is null && Where is null;

    internal bool Takes(DeadLetter letter)
    {
        var failedAt = letter.FailedAt ?? letter.Timestamp;
        return (Partition is null || letter.Partition == Partition)
            && (FromOffset is null || letter.Offset >= FromOffset)
            && (BeforeOffset is null || letter.Offset < BeforeOffset)
            && (FailedFrom is null || failedAt >= FailedFrom)
            && (FailedBefore is null || failedAt < FailedBefore)
            && (Group is null || letter.Group == Group)
            && (ExceptionType is null || IsOfType(letter.ExceptionType, ExceptionType))
            && (Key is not { } key || (letter.Key is { } own && own.Span.SequenceEqual(key.Span)))
            && (Where is null || Where(letter));
    }

    private static bool IsOfType(string? fullName, string name) =>
        fullName is not null
        && (fullName == name || (fullName.EndsWith(name, StringComparison.Ordinal) && fullName[fullName.Length - name.Length - 1] is '.' or '+'));
}
