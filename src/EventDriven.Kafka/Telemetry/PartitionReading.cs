namespace EventDriven.Kafka.Telemetry;

/// <summary>What there is to measure of one assigned partition at one moment.</summary>
internal sealed record PartitionReading
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    /// <summary>Records between the finished position and the end of the log; null while one of the two is unknown.</summary>
    public required long? Lag { get; init; }

    /// <summary>The lag without records whose time has not come.</summary>
    public required long? DueLag { get; init; }

    public required int InFlight { get; init; }

    public required int Buffered { get; init; }

    /// <summary>Why it is paused; empty while it is read.</summary>
    public required IReadOnlyList<string> PauseReasons { get; init; }

    public required TimeSpan OldestInFlight { get; init; }

    public required TimeSpan WatermarkAge { get; init; }

    /// <summary>What is parked of it; null where its consumer does not park.</summary>
    public required ParkedReading? Parked { get; init; }
}
