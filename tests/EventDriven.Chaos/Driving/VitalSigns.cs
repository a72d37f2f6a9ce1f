namespace EventDriven.Chaos.Driving;

/// <summary>What a member used at a moment.</summary>
/// <param name="Member">The member.</param>
/// <param name="At">When.</param>
/// <param name="WorkingSet">Its memory, in bytes.</param>
/// <param name="Managed">Of that, the managed heap.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
internal sealed record VitalSigns(string Member, long At, long WorkingSet, long Managed, int Handles, int Threads);
