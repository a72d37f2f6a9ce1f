using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Reporting;

/// <summary>What is told of a run, as JSON and as a page.</summary>
internal sealed record Report
{
    public required string Title { get; init; }

    /// <summary>The command that does the same again.</summary>
    public required string Command { get; init; }

    public required int Seed { get; init; }

    public required string Protocol { get; init; }

    /// <summary>Seconds from the beginning of the load to the end of the report.</summary>
    public required int Seconds { get; init; }

    /// <summary>Seconds of load and faults.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>Seconds from the end of the faults until everything was finished.</summary>
    public required double SettleSeconds { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Events that their producers were told may not be written.</summary>
    public required long UnknownFate { get; init; }

    public required IReadOnlyList<ReportedFault> Faults { get; init; }

    /// <summary>Finished events by service.</summary>
    public required IReadOnlyList<Series> Throughput { get; init; }

    /// <summary>Lag of each partition, by service.</summary>
    public required IReadOnlyList<(string Service, IReadOnlyList<Series> Partitions)> Lags { get; init; }

    /// <summary>Empty but for a soak.</summary>
    public IReadOnlyList<Soak.Slope> Slopes { get; init; } = [];

    public bool IsClean => Verdict.IsClean && Slopes.All(static slope => slope.IsWithin);
}
