namespace EventDriven.Simulation;

/// <summary>What happens now and then beside ordinary work.</summary>
internal enum Fault
{
    /// <summary>The group moves a partition to another member.</summary>
    Move = 0,

    /// <summary>The group takes a partition from a member and gives it back.</summary>
    Reassign,

    /// <summary>A member's session expires while it is alive.</summary>
    Expire,

    /// <summary>A process dies; another one starts.</summary>
    Crash,

    /// <summary>A process stops in order; another one starts.</summary>
    Stop,

    /// <summary>A client can't go on; its process starts another one.</summary>
    Fatal,

    /// <summary>The oldest events of a partition expire.</summary>
    Retention,

    /// <summary>An event is compacted away.</summary>
    Compaction,

    /// <summary>The log of a partition goes back: unclean leader election, or a topic created again.</summary>
    Truncation,

    /// <summary>Another broker leads a partition; nothing is lost.</summary>
    LeaderChange,

    /// <summary>The user pauses or resumes a consumer.</summary>
    UserPause,

    /// <summary>The user reads a partition from another offset on.</summary>
    Seek,

    /// <summary>The user lets stopped partitions try again.</summary>
    Retry,
}
