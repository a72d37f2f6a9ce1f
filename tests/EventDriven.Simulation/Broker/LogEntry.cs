namespace EventDriven.Simulation.Broker;

/// <summary>An event in a log, with what the oracle knows of it.</summary>
internal sealed class LogEntry
{
    public required long Offset { get; init; }

    /// <summary>The key as a number; -1 for none.</summary>
    public required int Key { get; init; }

    /// <summary>Null for a tombstone.</summary>
    public required byte[]? Value { get; init; }

    public required int LeaderEpoch { get; init; }

    public required long AppendedAt { get; init; }

    /// <summary>How many attempts at it fail for good.</summary>
    public int FailuresLeft { get; set; }

    /// <summary>Expired, compacted away, or truncated: nobody has to handle it.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Gone with the end of the log: it went back below.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>Passed over by wish of the user: it lies below where reading was to start.</summary>
    public bool IsSkipped { get; set; }

    /// <summary>How often it was handled to an outcome.</summary>
    public int Finished { get; set; }

    /// <summary>When it was last handled to an outcome, as a number of the simulation's own count.</summary>
    public long LastFinish { get; set; }

    public bool NeedsNothing => Finished > 0 || IsRemoved || IsSkipped;
}
