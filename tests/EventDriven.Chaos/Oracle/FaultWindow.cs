namespace EventDriven.Chaos.Oracle;

/// <summary>A fault, from its beginning until all is as before.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Target">The member or broker that it struck.</param>
/// <param name="Begin">Its beginning.</param>
/// <param name="End">Its end.</param>
/// <param name="Reach">What it does to those who judge.</param>
internal sealed record FaultWindow(string Kind, string Target, long Begin, long End, FaultReach Reach);
