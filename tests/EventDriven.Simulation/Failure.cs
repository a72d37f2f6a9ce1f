namespace EventDriven.Simulation;

/// <summary>A schedule that failed.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Schedule">What the seed had decided beforehand.</param>
/// <param name="Trace">What happened, where a trace was asked for.</param>
/// <param name="Only">The steps that were run; null where all were.</param>
internal sealed record Failure(ulong Seed, Exception Error, Schedule Schedule, IReadOnlyList<string> Trace, StepSet? Only = null);
