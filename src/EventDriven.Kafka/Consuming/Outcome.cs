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
}
