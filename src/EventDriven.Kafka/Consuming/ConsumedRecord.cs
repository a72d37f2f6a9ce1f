namespace EventDriven.Kafka.Consuming;

/// <summary>A record as the broker sent it: coordinates and bytes, nothing interpreted.</summary>
internal readonly struct ConsumedRecord
{
    /// <summary>
    /// What a record weighs beyond its key, value and headers, for the byte budget: two arrays' own bytes, its places in the buffer and the ledger, whose rings
    /// are half empty at times, a lane of its own, which it has without an order, and as much of all that again as the collector leaves lying about. Measured as
    /// resident memory, by the benchmark <c>memory</c>.
    /// </summary>
    public const int Overhead = 384;

    /// <summary>What a header weighs beyond its name and value.</summary>
    public const int HeaderOverhead = 128;

    /// <summary>What is read of a record of a retry topic weighs, the queue of what waits included.</summary>
    public const int OriginOverhead = 160;

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

    /// <summary>What the headers weigh, in bytes.</summary>
    public int HeaderBytes { get; init; }

    /// <summary>What a record of a retry or parked topic says of its event; null for a record of a source topic.</summary>
    public EventOrigin? Origin { get; init; }

    /// <summary>The offset of the claim under which it is handled, where its consumer parks; null elsewhere.</summary>
    public long? FencingToken { get; init; }

    public int Size => Overhead + (Key?.Length ?? 0) + (Value?.Length ?? 0) + HeaderBytes + (Origin is null ? 0 : OriginOverhead);
}
