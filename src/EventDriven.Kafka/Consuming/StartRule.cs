namespace EventDriven.Kafka.Consuming;

/// <summary>Where a partition is to start for which its group has no committed position.</summary>
internal readonly record struct StartRule
{
    /// <summary>At the oldest record; what the client does by itself.</summary>
    public static StartRule Earliest => default;

    /// <summary>After the newest record.</summary>
    public static StartRule Latest => new() { Position = StartPosition.Latest };

    public StartPosition Position { get; private init; }

    /// <summary>The time, for <see cref="StartPosition.Timestamp"/>.</summary>
    public DateTimeOffset? Timestamp { get; private init; }

    /// <summary>The offset that was given; null where none was.</summary>
    public long? Offset { get; private init; }

    /// <summary>Whether the client starts there by itself.</summary>
    public bool IsOldest => Position == StartPosition.Earliest && Offset is null;

    public static StartRule AtTimestamp(DateTimeOffset timestamp) => new() { Position = StartPosition.Timestamp, Timestamp = timestamp };

    public static StartRule AtOffset(long offset) => new() { Offset = offset };
}
