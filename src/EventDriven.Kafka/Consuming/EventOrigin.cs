namespace EventDriven.Kafka.Consuming;

/// <summary>What a record of a retry or parked topic says of the event that it carries. Bounded when read: nothing in it can stop a consumer, or make it skip an event.</summary>
internal sealed record EventOrigin
{
    /// <summary>Where the event was read first: handlers see these coordinates at each of its attempts.</summary>
    public required PartitionId Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>The timestamp of its first record, in milliseconds since the Unix epoch; negative where it had none.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>
    /// The source topic whose retry or parked topic it was read from, by the name of that topic, not by what the record says: where its next steps lead. Null where that is the
    /// topic in <see cref="Partition"/>.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>How many attempts were made before.</summary>
    public int Attempts { get; init; }

    /// <summary>The step of its policy that it waits in, from 0; -1 where it waits untried behind an earlier event of its key.</summary>
    public int Step { get; init; } = -1;

    /// <summary>When it may start, as a timestamp of the time provider; null for at once.</summary>
    public long? DueAt { get; init; }

    /// <summary>How often a person has put it back.</summary>
    public int Redriven { get; init; }
}
