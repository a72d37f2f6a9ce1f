namespace EventDriven.Kafka.Telemetry;

/// <summary>What there is to measure of the parked events of one partition at one moment.</summary>
internal sealed record ParkedReading
{
    public required long Events { get; init; }

    public required long Keys { get; init; }

    public required long Bytes { get; init; }

    /// <summary>For how long the event has been due that has been the longest; zero where none is.</summary>
    public required TimeSpan OldestDue { get; init; }

    /// <summary>How long it took to read what is parked, at the last assignment; null while that goes on.</summary>
    public required TimeSpan? RebuildTime { get; init; }

    public required bool IsGrowing { get; init; }
}
