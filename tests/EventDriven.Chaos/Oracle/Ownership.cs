namespace EventDriven.Chaos.Oracle;

/// <summary>A member's time with a partition, from its assignment to its end: an epoch.</summary>
internal sealed class Ownership
{
    public required string Member { get; init; }

    public required string Service { get; init; }

    public required TopicPlace Place { get; init; }

    public required long Begin { get; init; }

    /// <summary>Whether its member has told that the client had gone back in the log, below what was committed or received.</summary>
    public bool WentBack { get; init; }

    /// <summary>When it ended, as far as its member knows.</summary>
    public long End { get; set; } = long.MaxValue;

    public OwnershipEnd How { get; set; }

    public override string ToString() => $"{Service}: {Place} of {Member} since {Monotonic.Seconds(Begin):F3}";
}
