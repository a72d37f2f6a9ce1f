using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// A sequence of records that are handled one after the other: a partition's, a key's, or a single record where there is no order (I2).
/// Its fields belong to its assignment and are guarded by it.
/// </summary>
internal sealed class Lane(PartitionAssignment assignment)
{
    public PartitionAssignment Assignment { get; } = assignment;

    /// <summary>The key of a lane by key; without bytes for all others.</summary>
    public HashedKey Key { get; set; }

    public LaneState State { get; set; }

    /// <summary>What a held lane waits for, besides the end of a drain.</summary>
    public LaneWait WaitsFor { get; set; }

    /// <summary>The parked event that runs; null where it is a source record, or nothing.</summary>
    public ParkedItem? Parked { get; set; }

    /// <summary>The parked entry without a key that it is the lane of; null for all others.</summary>
    public ParkedKey? ParkedKey { get; set; }

    /// <summary>What is parked of its key, as of <see cref="LookedUpIn"/>.</summary>
    public ParkedKey? LookedUp { get; set; }

    /// <summary>The version of the parked index in which its key was looked for; -1 where it was not.</summary>
    public long LookedUpIn { get; set; } = -1;

    /// <summary>How many of its next records are being parked.</summary>
    public int BeingParked { get; set; }

    /// <summary>The number of the record that runs or is next; <see cref="RecordBuffer.None"/> where there is none.</summary>
    public long Head { get; set; } = RecordBuffer.None;

    public long Tail { get; set; } = RecordBuffer.None;

    /// <summary>When the record that runs was started, as a timestamp of the time provider.</summary>
    public long StartedAt { get; set; }

    /// <summary>Whether it stands in the ready queue for the next batch of its assignment, and is no lane of records.</summary>
    public bool IsForBatch { get; init; }

    /// <summary>How many of its records are counted among those that wait for a batch.</summary>
    public int Gathered { get; set; }

    /// <summary>The number of the last record that is handled on its own, not in a batch; <see cref="RecordBuffer.None"/> where none is.</summary>
    public long AloneThrough { get; set; } = RecordBuffer.None;

    /// <summary>Why its next record, which is handled on its own, has failed in a batch; null where that is no attempt of its own.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How many handlers of earlier assignments it waits for.</summary>
    public int BlockedBy { get; set; }

    /// <summary>Lanes of later assignments of the same partition that wait until the record that runs here has ended.</summary>
    public List<Lane>? Waiters { get; set; }

    /// <summary>Neighbours in the <see cref="LaneList"/> that it is in.</summary>
    public Lane? Previous { get; set; }

    public Lane? Next { get; set; }
}
