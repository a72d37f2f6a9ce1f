namespace EventDriven.Chaos.Oracle;

/// <summary>The lines of a member's log, in order.</summary>
internal sealed record MemberLog(string Member, IReadOnlyList<string> Lines)
{
    /// <summary>Takes the lines of a file. One without an end is one that a kill has cut off, and is none.</summary>
    public static MemberLog Parse(string member, string text) => new(member, text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
