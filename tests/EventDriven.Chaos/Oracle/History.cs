namespace EventDriven.Chaos.Oracle;

/// <summary>All that the oracle judges by: what the members logged, what the topics hold, and what was committed when.</summary>
internal sealed record History
{
    public required IReadOnlyList<JudgedService> Services { get; init; }

    /// <summary>The source topics, to their ends.</summary>
    public required IReadOnlyList<SourceRecord> Records { get; init; }

    /// <summary>The output topics, to their ends.</summary>
    public IReadOnlyList<OutputRecord> Outputs { get; init; } = [];

    public IReadOnlyList<Receipt> Receipts { get; init; } = [];

    public required IReadOnlyList<MemberLog> Members { get; init; }

    public IReadOnlyList<HandOver> HandOvers { get; init; } = [];

    /// <summary>Partitions of hand-over topics of which records were deleted before they could be read.</summary>
    public IReadOnlySet<TopicPlace> HandOversWithGaps { get; init; } = new HashSet<TopicPlace>();

    /// <summary>In the order of their times.</summary>
    public IReadOnlyList<PositionSample> Positions { get; init; } = [];

    public IReadOnlyList<FaultWindow> Faults { get; init; } = [];

    public IReadOnlyList<OffsetReset> Resets { get; init; } = [];

    /// <summary>What was not finished when the time for it was over.</summary>
    public IReadOnlyList<string> Unsettled { get; init; } = [];
}
