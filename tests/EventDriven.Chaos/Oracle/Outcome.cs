namespace EventDriven.Chaos.Oracle;

/// <summary>How an attempt ended.</summary>
internal enum Outcome
{
    /// <summary>The log ends before it does.</summary>
    Unknown,
    Handled,
    Filtered,
    Failed,
    Cancelled,
}
