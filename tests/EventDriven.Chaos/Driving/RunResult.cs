using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Driving;

/// <summary>What a run has left.</summary>
internal sealed record RunResult
{
    /// <summary>When the load began.</summary>
    public required long Begin { get; init; }

    /// <summary>When load and faults had ended.</summary>
    public required long Quiet { get; init; }

    /// <summary>When everything was finished, or the time for it was over.</summary>
    public required long Settled { get; init; }

    public required History History { get; init; }

    public required LogWatch Logs { get; init; }

    /// <summary>Events whose producers were told that they may not be written.</summary>
    public required long Failed { get; init; }
}
