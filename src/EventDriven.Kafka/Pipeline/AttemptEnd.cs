namespace EventDriven.Kafka.Pipeline;

/// <summary>How one attempt ended.</summary>
internal enum AttemptEnd
{
    /// <summary>There was none.</summary>
    None = 0,

    /// <summary>The handler completed.</summary>
    Handled,

    /// <summary>The event was dropped on purpose.</summary>
    Filtered,

    /// <summary>It failed or was cancelled while the partition was being given up.</summary>
    Unfinished,

    /// <summary>It failed, and another attempt may succeed.</summary>
    Failed,

    /// <summary>It failed because something that the event needs is not there: it does not count, and is made again.</summary>
    Outage,

    /// <summary>It failed, and no other attempt is to be made in place.</summary>
    FailedForGood,
}
