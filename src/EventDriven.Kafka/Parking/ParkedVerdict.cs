namespace EventDriven.Kafka.Parking;

/// <summary>What a reader makes of an entry.</summary>
internal enum ParkedVerdict
{
    /// <summary>It says nothing: a claim that does not count, an entry of another claim than the last counting one, one that was seen before, or none of ours.</summary>
    Void = 0,

    /// <summary>A claim that counts: from here on only its entries are valid.</summary>
    Counts,

    /// <summary>A valid entry.</summary>
    Valid,
}
