using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Reporting;

/// <summary>A fault, in seconds from the beginning of the load.</summary>
internal sealed record ReportedFault(string Kind, string Target, double Begin, double End, FaultReach Reach)
{
    /// <summary>The row of the timeline that it belongs to.</summary>
    public string Track =>
        Target.StartsWith("broker", StringComparison.Ordinal) ? "brokers" : Kind is "burst" or "slow handlers" or "failing handlers" or "partitions added" ? "load" : "workers";
}
