using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Tests;

/// <summary>Changes a history that was right.</summary>
internal static class Tampering
{
    /// <summary>Takes every trace of an event out of the logs.</summary>
    public static History WithoutRuns(this History history, int partition, long offset) =>
        history.WithLines((_, line) => Is(line, partition, offset) ? null : line);

    /// <summary>Puts each of two events into the other's place in a member's log.</summary>
    public static History Swapped(this History history, string member, int partition, long one, long other) => history.WithLines((name, line) =>
    {
        var parts = line.Split('\t');
        if (name != member || parts.Length < 10 || parts[4] != $"{partition}" || (parts[5] != $"{one}" && parts[5] != $"{other}"))
        {
            return line;
        }

        parts[5] = parts[5] == $"{one}" ? $"{other}" : $"{one}";
        return string.Join('\t', parts);
    });

    public static History WithLines(this History history, Func<string, string, string?> change) => history with
    {
        Members = [.. history.Members.Select(member => member with { Lines = [.. member.Lines.Select(line => change(member.Member, line)).OfType<string>()] })],
    };

    public static History WithPosition(this History history, int partition, long committed, long at) => history with
    {
        Positions = [.. history.Positions.Append(new PositionSample(history.Services[0].Name, Scenario.Place(partition), at, at, committed, 100)).OrderBy(static position => position.At)],
    };

    private static bool Is(string line, int partition, long offset) =>
        line.Split('\t') is { Length: >= 10 } parts && parts[4] == $"{partition}" && parts[5] == $"{offset}";
}
