namespace EventDriven.Kafka.Consuming;

/// <summary>A record as the broker sent it: coordinates and bytes, nothing interpreted.</summary>
internal readonly struct ConsumedRecord
{
    /// <summary>What a record weighs beyond its key and value, for the byte budget.</summary>
    public const int Overhead = 128;

    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>Milliseconds since the Unix epoch; negative where the record has none.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>The leader epoch of the record's batch; -1 where unknown. Stored with the offset, so that the client notices a truncated log.</summary>
    public int LeaderEpoch { get; init; }

    public byte[]? Key { get; init; }

    public byte[]? Value { get; init; }

    /// <summary>The client's own headers, converted only when something reads them.</summary>
    public object? Headers { get; init; }

    public int Size => Overhead + (Key?.Length ?? 0) + (Value?.Length ?? 0);
}
