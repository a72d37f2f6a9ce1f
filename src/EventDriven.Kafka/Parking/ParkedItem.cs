using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// An unfinished entry of a parked log, as its owner knows it: about 110 bytes, and its payload only while there is room for it. Guarded by its assignment.
/// </summary>
internal sealed class ParkedItem
{
    // Boxed for the few that were read elsewhere; null for those of this source partition.
    private object? _elsewhere;

    /// <summary>The events of its key.</summary>
    public ParkedKey Key { get; set; } = null!;

    /// <summary>Value and headers, where they are in memory.</summary>
    public ParkedPayload? Payload { get; set; }

    /// <summary>The offset of the claim in force where it stands; -1 where none was.</summary>
    public long Claim { get; set; }

    /// <summary>Where it stands in the log; -1 until its owner has read its own entry.</summary>
    public long LogOffset { get; set; } = -1;

    public required long OriginalOffset { get; init; }

    public required long OriginalTimestampMs { get; init; }

    /// <summary>When it may run, by the clock of its owner; 0 for at once.</summary>
    public long DueMs { get; set; }

    /// <summary>Its number within its claim; 0 where a person has put it back.</summary>
    public int Number { get; set; }

    /// <summary>What it weighs with its payload, in bytes.</summary>
    public required int Size { get; init; }

    public int Attempts { get; set; }

    public int Step { get; set; } = -1;

    public int Redriven { get; init; }

    /// <summary>Whether it has reached an outcome whose marker is not acknowledged yet.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it is due and only its payload is missing.</summary>
    public bool IsWanted { get; set; }

    public EntryId Id => Number == 0 ? EntryId.OfRedrive(LogOffset) : new EntryId(Claim, Number);

    /// <summary>Whether the event was read first from this source partition: only then do offsets tell where it belongs.</summary>
    public bool IsOfThisSource => _elsewhere is null;

    public PartitionId OriginalPartition(PartitionId source) => _elsewhere is PartitionId other ? other : source;

    public static ParkedItem Of(in ParkedLogRecord record, PartitionId source, long claimInForce)
    {
        var entry = record.Entry;
        return new ParkedItem
        {
            _elsewhere = entry.OriginalPartition == source ? null : entry.OriginalPartition,
            Claim = entry.Kind == ParkedEntryKind.Redrive ? claimInForce : entry.Id.Claim,
            Number = entry.Kind == ParkedEntryKind.Redrive ? 0 : entry.Id.Number,
            LogOffset = record.Offset,
            OriginalOffset = entry.OriginalOffset,
            OriginalTimestampMs = entry.OriginalTimestampMs,
            Size = record.Size,
            Attempts = entry.Attempts,
            Step = entry.StepIndex,
            Redriven = entry.Redriven,
        };
    }
}
