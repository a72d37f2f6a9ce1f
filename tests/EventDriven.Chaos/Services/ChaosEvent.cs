namespace EventDriven.Chaos.Services;

/// <summary>An event of the run: who it is, and what its handler is to do with it, so that every member does the same.</summary>
internal sealed record ChaosEvent
{
    /// <summary>More failures than any policy bears.</summary>
    public const int Always = 1_000;

    /// <summary>Null for an event without a key.</summary>
    public string? Key { get; init; }

    /// <summary>Its number among those of its key, from 1.</summary>
    public long Number { get; init; }

    /// <summary>How many of its attempts fail.</summary>
    public int Fails { get; init; }

    /// <summary>How long its handler takes.</summary>
    public int DelayMs { get; init; }

    /// <summary>Whether it is dropped on purpose.</summary>
    public bool Filtered { get; init; }

    /// <summary>When it was produced, by the monotonic clock.</summary>
    public long At { get; init; }
}
