namespace EventDriven.Kafka.Consuming;

/// <summary>Where a lane stands.</summary>
internal enum LaneState
{
    /// <summary>Nothing to do.</summary>
    Idle = 0,

    /// <summary>Its next record may start: it is in the ready queue, once.</summary>
    Ready,

    /// <summary>Its next record may start, in the next batch of its assignment.</summary>
    Gathered,

    /// <summary>Its next record is not due yet.</summary>
    Waiting,

    /// <summary>A worker has its next record.</summary>
    Running,

    /// <summary>Its next records are being parked, untried.</summary>
    Parking,

    /// <summary>Its next record waits for a handler of an earlier assignment that still runs with the same key.</summary>
    Blocked,

    /// <summary>Its next record may not start: it is above the replay bound or the drain limit, or its partition has stopped.</summary>
    Held,

    /// <summary>Its next record failed for good.</summary>
    Failed,
}
