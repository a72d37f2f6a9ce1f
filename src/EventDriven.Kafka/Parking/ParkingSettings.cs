namespace EventDriven.Kafka.Parking;

/// <summary>What a consumer that keeps key order through retries parks with.</summary>
internal sealed class ParkingSettings
{
    /// <summary>The parked logs, for one run of a client.</summary>
    public required IParkedLogs Logs { get; init; }

    /// <summary>Which rules hold: all, but in the simulator and tests.</summary>
    public ParkingRules Rules { get; init; } = ParkingRules.All;

    /// <summary>After how many entries an owner claims anew, so that the log can be trimmed up to there.</summary>
    public int ClaimAnewAfter { get; init; } = 50_000;
}
