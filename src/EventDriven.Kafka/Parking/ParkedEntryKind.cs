namespace EventDriven.Kafka.Parking;

/// <summary>What an entry of a parked log says.</summary>
internal enum ParkedEntryKind
{
    /// <summary>Nothing that is understood: passed over, and counted.</summary>
    Unknown = 0,

    /// <summary>"I own the partition from here on."</summary>
    Claim,

    /// <summary>An event waits, with all that is needed to handle it.</summary>
    Parked,

    /// <summary>An event has failed again and waits for the next attempt.</summary>
    Step,

    /// <summary>An event has reached an outcome.</summary>
    Done,

    /// <summary>An event that a person has put back. Of no claim; always valid.</summary>
    Redrive,
}
