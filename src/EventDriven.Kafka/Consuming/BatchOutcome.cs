namespace EventDriven.Kafka.Consuming;

/// <summary>How one event came out of a batch.</summary>
internal enum BatchOutcome
{
    /// <summary>It was cancelled, or failed while the partition was being given up: it stays unfinished and is delivered again.</summary>
    Unfinished = 0,

    /// <summary>A handler completed.</summary>
    Handled,

    /// <summary>Dropped on purpose.</summary>
    Filtered,

    /// <summary>It has failed an attempt of its own, and goes on through the failure policy on its own.</summary>
    Failed,

    /// <summary>Its batch has failed, and nobody knows which event it was: it is handled on its own.</summary>
    Alone,

    /// <summary>It stood behind an event that failed: it has a place in another batch.</summary>
    Again,
}
