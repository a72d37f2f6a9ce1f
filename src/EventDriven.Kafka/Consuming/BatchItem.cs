namespace EventDriven.Kafka.Consuming;

/// <summary>One event of a batch.</summary>
internal struct BatchItem
{
    public required Lane Lane { get; init; }

    /// <summary>The number that the ledger gave its record.</summary>
    public required long Number { get; init; }

    public required ConsumedRecord Record { get; init; }

    public BatchOutcome Outcome { get; set; }

    /// <summary>Why it failed; null for the other outcomes.</summary>
    public Exception? Error { get; set; }
}
