namespace EventDriven.Chaos.Faults;

/// <summary>A fault of the plan.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="After">How long after the end of the one before it in its track.</param>
/// <param name="Lasts">How long it lasts, where that can be chosen.</param>
/// <param name="Choice">A number by which its target is chosen among those that are there then.</param>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan After, TimeSpan Lasts, int Choice);
