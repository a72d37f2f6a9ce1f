namespace EventDriven.Kafka.Parking;

/// <summary>
/// The rules of the parked log's protocol, one for each way of losing an event or its order. All hold, always; only the simulator and the tests leave single ones
/// out, to show that they would notice.
/// </summary>
[Flags]
internal enum ParkingRules
{
    None = 0,

    /// <summary>A claim counts only if it names the last counting claim before it.</summary>
    ClaimsNameTheirPredecessor = 1,

    /// <summary>A commit is accepted between reading the log and claiming it.</summary>
    CommitBeforeClaim = 2,

    /// <summary>The log is trimmed only to a claim in force, as of a commit that was accepted since.</summary>
    TrimToClaimInForce = 4,

    /// <summary>A reader whose position was trimmed starts again.</summary>
    StartAgainWhereTrimmed = 8,

    /// <summary>A number within a claim is valid once.</summary>
    NumbersCountOnce = 16,

    /// <summary>The next append waits for the acknowledgement of the one before.</summary>
    OneAppendInFlight = 32,

    /// <summary>A parked event at or above the starting position waits until its source record was met or passed.</summary>
    WaitForSourceCopy = 64,

    /// <summary>At its bound, a partition still lets through what is needed by the rule above.</summary>
    BoundLetsReplayThrough = 128,

    /// <summary>The owner goes on reading.</summary>
    KeepReadingTheTail = 256,

    /// <summary>A step is acknowledged before the next attempt.</summary>
    StepBeforeAttempt = 512,

    /// <summary>A key counts as parked until the marker of its last event is acknowledged.</summary>
    KeepKeyUntilDone = 1024,

    /// <summary>Nothing of a partition starts before its index is complete.</summary>
    StartBehindIndex = 2048,

    /// <summary>A source record counts as parked where exactly it is; one with a lower offset than what is parked of its key does not.</summary>
    OnlyItselfIsParked = 4096,

    /// <summary>In transactions, a parked event waits until no source record up to its own is unfinished.</summary>
    WaitUntilPassed = 8192,

    /// <summary>No done marker is in a transaction while the log is claimed anew.</summary>
    NoMarkerAcrossClaims = 16384,

    All = 32767,
}
