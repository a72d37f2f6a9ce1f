namespace EventDriven.Chaos.Oracle;

/// <summary>An attempt at an event, as a member has logged it.</summary>
internal sealed class Run
{
    public required string Member { get; init; }

    public required string Service { get; init; }

    public required TopicPlace Place { get; init; }

    public required long Offset { get; init; }

    public required string? Key { get; init; }

    public required long Number { get; init; }

    public required int Attempt { get; init; }

    /// <summary>The fencing token; null where the service has none.</summary>
    public required long? Token { get; init; }

    public required long Start { get; init; }

    /// <summary>From its production to its start, in microseconds.</summary>
    public required long Latency { get; init; }

    /// <summary>The ownership under which it started; null where its member owned the partition not, or not any more.</summary>
    public required Ownership? Ownership { get; init; }

    public long End { get; set; } = long.MaxValue;

    public Outcome Outcome { get; set; }

    public bool IsFinished => Outcome is Outcome.Handled or Outcome.Filtered;

    public override string ToString() =>
        $"{Service}: {Place}@{Offset} (key {Key ?? "none"}, number {Number}, attempt {Attempt}) in {Member} at {Monotonic.Seconds(Start):F3}, {Outcome}";
}
