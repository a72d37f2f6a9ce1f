namespace EventDriven.Chaos.Oracle;

/// <summary>The part of a history that concerns one service.</summary>
internal sealed record Evidence
{
    public required JudgedService Service { get; init; }

    public required IReadOnlyList<SourceRecord> Records { get; init; }

    public required IReadOnlyDictionary<(TopicPlace Place, long Offset), SourceRecord> ByOffset { get; init; }

    /// <summary>Records that nobody can decode: no handler sees them.</summary>
    public required ILookup<TopicPlace, SourceRecord> Unreadable { get; init; }

    public required IReadOnlyList<Receipt> Receipts { get; init; }

    /// <summary>In the order of their starts.</summary>
    public required IReadOnlyList<Run> Runs { get; init; }

    /// <summary>In the order of their beginnings.</summary>
    public required ILookup<TopicPlace, Ownership> Ownerships { get; init; }

    public required ILookup<(TopicPlace Place, long Offset), HandOver> HandOvers { get; init; }

    public required IReadOnlyList<PositionSample> Positions { get; init; }

    /// <summary>How long after a loss a handler may start that was taken from its lane before.</summary>
    public const long Grace = Monotonic.Second;

    public static Evidence Of(JudgedService service, History history, IReadOnlyList<Run> runs, IReadOnlyList<Ownership> ownerships)
    {
        List<SourceRecord> records = [.. history.Records.Where(record => record.Place.Topic == service.Topic).OrderBy(static record => record.Place.Partition).ThenBy(static record => record.Offset)];
        var byMember = runs.ToLookup(static run => (run.Member, run.Service));
        return new Evidence
        {
            Service = service,
            Records = records,
            ByOffset = records.ToDictionary(static record => (record.Place, record.Offset)),
            Unreadable = records.Where(static record => !record.IsReadable).ToLookup(static record => record.Place),
            Receipts = [.. history.Receipts.Where(receipt => receipt.Place.Topic == service.Topic)],
            Runs = [.. runs.Where(run => run.Service == service.Name)],
            Ownerships = ownerships.Where(ownership => ownership.Service == service.Name && !IsHollow(ownership, byMember[(ownership.Member, ownership.Service)])).ToLookup(static ownership => ownership.Place),
            HandOvers = history.HandOvers.Where(handOver => handOver.Service == service.Name).ToLookup(static handOver => (handOver.Source, handOver.SourceOffset)),
            Positions = [.. history.Positions.Where(position => position.Service == service.Name)],
        };
    }

    /// <summary>A member that a freeze has kept from it may be told of an assignment that its group has long given to another. Where it has begun nothing, nobody's turn was over by that.</summary>
    private static bool IsHollow(Ownership ownership, IEnumerable<Run> ofMember) =>
        ownership.How == OwnershipEnd.Lost
        && !ofMember.Any(run => run.Ownership == ownership || (run.Ownership is null && run.Place == ownership.Place && run.Start >= ownership.End && run.Start <= ownership.End + Grace));
}
