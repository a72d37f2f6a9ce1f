namespace EventDriven.Chaos.Oracle;

/// <summary>The lines of a member's log, in order.</summary>
internal sealed record MemberLog(string Member, IReadOnlyList<string> Lines);
