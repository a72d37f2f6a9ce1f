namespace EventDriven.Testing;

/// <summary>How the handling of an event ended.</summary>
public enum EventOutcome
{
    /// <summary>It was given back unfinished, because its partition was revoked or lost or the host stopped: it will be delivered again.</summary>
    Unfinished = 0,

    /// <summary>Its handler returned.</summary>
    Handled = 1,

    /// <summary>It was dropped on purpose: <see cref="EventContext.Filter"/>.</summary>
    Filtered = 2,

    /// <summary>Its last attempt failed: the partition has stopped there.</summary>
    Failed = 3,

    /// <summary>A retry or parked topic has it: it is tried again later.</summary>
    Parked = 4,

    /// <summary>A dead-letter topic has it.</summary>
    DeadLettered = 5,

    /// <summary>Its last attempt failed, and its policy says to drop it.</summary>
    Skipped = 6,
}
