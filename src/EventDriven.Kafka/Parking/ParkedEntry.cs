using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>An entry of a parked log, as it is written and as it is read. Which of its parts count depends on its kind.</summary>
internal sealed record ParkedEntry
{
    public required ParkedEntryKind Kind { get; init; }

    /// <summary>An owner's entry other than a claim: the claim it was written under, and its number within it. A retry of an append keeps it.</summary>
    public EntryId Id { get; init; }

    /// <summary>A claim: what its writer finds it by.</summary>
    public Guid ClaimId { get; init; }

    /// <summary>A claim: the offset of the last counting claim that its writer has read; null for none.</summary>
    public long? PreviousClaim { get; init; }

    /// <summary>A step or done: the entry that it is about.</summary>
    public EntryId About { get; init; }

    /// <summary>Parked or redrive: the event's key, byte for byte.</summary>
    public byte[]? Key { get; init; }

    /// <summary>Parked or redrive: the event's value, byte for byte.</summary>
    public byte[]? Value { get; init; }

    /// <summary>
    /// Parked or redrive: the event's own headers, as the client has them, with what tells of its failure where it has failed; step: the latter. Those that the
    /// other properties here are written to are left out, on writing and on reading. Null for none.
    /// </summary>
    public object? Headers { get; init; }

    /// <summary>Parked or redrive: where the event was read first.</summary>
    public PartitionId OriginalPartition { get; init; }

    public long OriginalOffset { get; init; } = -1;

    public long OriginalTimestampMs { get; init; } = -1;

    /// <summary>Parked, step or redrive: the step of its policy that the event waits in, from 0; -1 where it waits untried, with the whole chain before it.</summary>
    public int StepIndex { get; init; } = -1;

    /// <summary>Parked, step or redrive: how many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>
    /// Parked, step or redrive: when it may be tried again, in milliseconds since the Unix epoch by its writer's clock; 0 for at once. As read, at most the longest
    /// delay there is after the time of writing.
    /// </summary>
    public long DueAtMs { get; init; }

    /// <summary>Parked or redrive: how often a person has put the event back.</summary>
    public int Redriven { get; init; }
}
