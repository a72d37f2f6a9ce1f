namespace EventDriven.Kafka.Consuming;

/// <summary>How the handling of one record ended.</summary>
internal enum Outcome
{
    /// <summary>Not an outcome: cancelled by a loss, a revocation or a stop. The record stays unfinished and is delivered again.</summary>
    Unfinished = 0,

    /// <summary>A handler completed.</summary>
    Handled,

    /// <summary>Dropped on purpose.</summary>
    Filtered,

    /// <summary>Failed for good, with no further step in its policy: the partition stops before it.</summary>
    Stopped,

    /// <summary>Not an outcome yet: all attempts in place have failed, and the next step of its policy is to be taken.</summary>
    Failed,

    /// <summary>A retry or parked topic has it, acknowledged: it is tried again later.</summary>
    Parked,

    /// <summary>A dead-letter topic has it, acknowledged.</summary>
    DeadLettered,

    /// <summary>Failed for good, and dropped because its policy says so by name.</summary>
    Skipped,
}
