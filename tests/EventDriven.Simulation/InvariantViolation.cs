namespace EventDriven.Simulation;

/// <summary>An invariant of the consumer engine does not hold.</summary>
internal sealed class InvariantViolation(string invariant, string message) : Exception($"{invariant}: {message}")
{
    /// <summary>Its name: I1 to I7.</summary>
    public string Invariant { get; } = invariant;
}
