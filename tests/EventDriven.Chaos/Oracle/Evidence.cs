namespace EventDriven.Chaos.Oracle;

/// <summary>The part of a history that concerns one service.</summary>
internal sealed record Evidence
{
    public required JudgedService Service { get; init; }

    public required IReadOnlyList<SourceRecord> Records { get; init; }

    public required IReadOnlyDictionary<(TopicPlace Place, long Offset), SourceRecord> ByOffset { get; init; }

    public required IReadOnlyList<Receipt> Receipts { get; init; }

    /// <summary>In the order of their starts.</summary>
    public required IReadOnlyList<Run> Runs { get; init; }

    /// <summary>In the order of their beginnings.</summary>
    public required ILookup<TopicPlace, Ownership> Ownerships { get; init; }

    public required ILookup<(TopicPlace Place, long Offset), HandOver> HandOvers { get; init; }

    public required IReadOnlyList<PositionSample> Positions { get; init; }

    public static Evidence Of(JudgedService service, History history, IReadOnlyList<Run> runs, IReadOnlyList<Ownership> ownerships)
    {
        List<SourceRecord> records = [.. history.Records.Where(record => record.Place.Topic == service.Topic).OrderBy(static record => record.Place.Partition).ThenBy(static record => record.Offset)];
        return new Evidence
        {
            Service = service,
            Records = records,
            ByOffset = records.ToDictionary(static record => (record.Place, record.Offset)),
            Receipts = [.. history.Receipts.Where(receipt => receipt.Place.Topic == service.Topic)],
            Runs = [.. runs.Where(run => run.Service == service.Name)],
            Ownerships = ownerships.Where(ownership => ownership.Service == service.Name).ToLookup(static ownership => ownership.Place),
            HandOvers = history.HandOvers.Where(handOver => handOver.Service == service.Name).ToLookup(static handOver => (handOver.Source, handOver.SourceOffset)),
            Positions = [.. history.Positions.Where(position => position.Service == service.Name)],
        };
    }
}
