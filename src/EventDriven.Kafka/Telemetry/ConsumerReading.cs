namespace EventDriven.Kafka.Telemetry;

/// <summary>What there is to measure of one consumer at one moment.</summary>
internal sealed record ConsumerReading
{
    public required string Name { get; init; }

    public required string Group { get; init; }

    /// <summary>The name of its state.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<string> PossibleStates { get; init; }

    public required IReadOnlyList<string> PossiblePauseReasons { get; init; }

    /// <summary>Events found expired before they were read, since the start.</summary>
    public required long Expired { get; init; }

    public required IReadOnlyList<PartitionReading> Partitions { get; init; }
}
