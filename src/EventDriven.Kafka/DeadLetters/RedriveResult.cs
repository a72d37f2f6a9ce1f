namespace EventDriven.Kafka;

/// <summary>What a run has done so far, or in all. Immutable.</summary>
public sealed class RedriveResult
{
    internal RedriveResult()
    {
    }

    /// <summary>How many dead letters were put back, each acknowledged by its broker; in a dry run, how many would have been.</summary>
    public required long Redriven { get; init; }

    /// <summary>How many were passed over, because the filter does not take them.</summary>
    public required long PassedOver { get; init; }

    /// <summary>How many offsets lie between where the run stands and where the topic ended when it began: about how many are left.</summary>
    public required long Left { get; init; }

    /// <summary>Whether the run has come to where the topic ended when it began. False where it was limited or interrupted: another run of its name goes on.</summary>
    public required bool IsComplete { get; init; }
}
