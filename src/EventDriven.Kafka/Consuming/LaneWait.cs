namespace EventDriven.Kafka.Consuming;

/// <summary>What a held lane waits for.</summary>
internal enum LaneWait
{
    /// <summary>Nothing that would let it go on in this assignment.</summary>
    None = 0,

    /// <summary>The position to come nearer.</summary>
    Replay,

    /// <summary>The stopped partition to be tried again.</summary>
    Retry,

    /// <summary>The user.</summary>
    Resume,

    /// <summary>The index of what is parked.</summary>
    Index,

    /// <summary>Room in the parked log.</summary>
    Room,

    /// <summary>The acknowledgement that what was parked of its key is done.</summary>
    Acknowledgement,
}
