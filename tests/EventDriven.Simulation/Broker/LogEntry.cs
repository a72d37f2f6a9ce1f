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

    /// <summary>How many attempts at it fail: for good where there is no chain.</summary>
    public int FailuresLeft { get; set; }

    /// <summary>Whether each attempt at it fails.</summary>
    public bool IsPoison { get; set; }

    /// <summary>Whether no attempt can help, by the class of its failures.</summary>
    public bool IsFatal { get; set; }

    /// <summary>The event that a record of a retry topic carries; null for a record of a source.</summary>
    public LogEntry? Source { get; init; }

    /// <summary>The record that was handed over, for a record of a retry topic.</summary>
    public HandedOver? HandedOver { get; init; }

    /// <summary>The event itself, whichever topic has it.</summary>
    public LogEntry Event => Source ?? this;

    /// <summary>Whether it has come to its end: a handler took it, it was dropped on purpose, or a dead-letter topic has it.</summary>
    public bool IsSettled { get; set; }

    /// <summary>How many records of it a broker has acknowledged, in retry, dead-letter and parked topics.</summary>
    public int Acknowledged { get; set; }

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

    /// <summary>Left out by the failure policy: it has no output.</summary>
    public bool IsDropped { get; set; }

    /// <summary>How often it is in the output that is visible.</summary>
    public int Outputs { get; set; }

    /// <summary>What the last attempt at it has produced, for the bug that keeps it.</summary>
    public Kafka.Transactions.EventOutput? LastOutput { get; set; }

    /// <summary>Whether a valid entry of its parked log has carried it.</summary>
    public bool IsParked { get; set; }

    /// <summary>Whether a person has put it back: it runs when that is done, whatever the order.</summary>
    public bool IsRedriven { get; set; }

    /// <summary>Where it was delivered and may still be held, in schedules with parking.</summary>
    public List<Judging.Delivery>? Deliveries { get; set; }

    public bool NeedsNothing => Finished > 0 || IsParked || IsRemoved || IsSkipped;
}
