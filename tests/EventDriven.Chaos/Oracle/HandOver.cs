namespace EventDriven.Chaos.Oracle;

/// <summary>A record to which a failed event was handed over.</summary>
internal sealed record HandOver
{
    public required string Service { get; init; }

    public required HandOverKind Kind { get; init; }

    /// <summary>Where it is.</summary>
    public required TopicPlace Place { get; init; }

    public required long Offset { get; init; }

    /// <summary>The event that it is of.</summary>
    public required TopicPlace Source { get; init; }

    public required long SourceOffset { get; init; }

    /// <summary>When it was written, by the monotonic clock.</summary>
    public required long At { get; init; }
}
