using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Broker;

/// <summary>One partition of the parked topic: entries from any process, alive or not, in the order in which they land.</summary>
internal sealed class SimulatedParkedLog(World world, SimulatedLog source)
{
    private readonly List<ParkedRecord> _records = [];

    public SimulatedLog Source => source;

    /// <summary>Trims that were asked for and have not been done: they may be at any moment, whoever owns the log by then.</summary>
    public List<(Later Trim, long Before)> TrimsUnderWay { get; } = [];

    /// <summary>The answers that wait for the next entry.</summary>
    public List<Later> Waiting { get; } = [];

    public long Start { get; private set; }

    public long End { get; private set; }

    /// <summary>What a reader of the whole log finds.</summary>
    public ParkedTruth Truth { get; private set; } = new(world, source);

    public void Append(ParkedEntry entry, Tenure? writer)
    {
        var record = new ParkedRecord(End++, world.Time.Now, entry, writer);
        world.Trace?.Add($"parked {source.Index}@{record.Offset}: {Describe(entry)}{(writer is null ? " of a person" : $" of {writer.Source}")}");
        _records.Add(record);
        Truth.Land(record, isFirst: false);
        record.InForce = Truth.Claim;
        world.Oracle.OnLanded(record);
        foreach (var answer in Waiting)
        {
            answer.Due = Math.Min(answer.Due, world.Time.Now + world.Random.Between(0, 10));
        }

        Waiting.Clear();
        if (world.Random.Chance(5))
        {
            End++;
        }
    }

    /// <summary>Deletes what lies below an offset: what a reader finds must not change by that.</summary>
    public void Trim(long before)
    {
        before = Math.Min(before, End);
        if (before <= Start)
        {
            return;
        }

        world.Trace?.Add($"parked {source.Index} is trimmed up to {before}");
        Start = before;
        _records.RemoveAll(record => record.Offset < before);
        var left = new ParkedTruth(world, source);
        foreach (var record in _records)
        {
            left.Land(record, isFirst: record == _records[0], isAgain: true);
        }

        Truth.CheckThatTrimmingLeaves(left, before);
        Truth.Forget(before);
    }

    /// <summary>
    /// The trim under way that is worst for one who has read up to an offset: what it has read as unfinished has its end among what the trim takes away, or the claim that it
    /// takes for the last one is followed by another there.
    /// </summary>
    public Later? TrimAgainst(long reader)
    {
        foreach (var (trim, before) in TrimsUnderWay)
        {
            if (before > reader && _records.Exists(record => record.Offset >= reader && record.Offset < before && EndsWhatIsBelow(record.Entry, reader)))
            {
                return trim;
            }
        }

        return null;
    }

    private static bool EndsWhatIsBelow(ParkedEntry entry, long reader) =>
        entry.Kind == ParkedEntryKind.Claim || (entry.Kind == ParkedEntryKind.Done && entry.About.Claim < reader);

    public List<ParkedRecord> Read(long from, int max)
    {
        // Readers mostly ask for the newest.
        var index = _records.Count;
        while (index > 0 && _records[index - 1].Offset >= from)
        {
            index--;
        }

        return _records.GetRange(index, Math.Min(max, _records.Count - index));
    }

    private static string Describe(ParkedEntry entry) => entry.Kind switch
    {
        ParkedEntryKind.Claim => $"claim after {entry.PreviousClaim}",
        ParkedEntryKind.Parked => $"{entry.Id.Claim}.{entry.Id.Number} parks {entry.OriginalOffset}, step {entry.StepIndex}, due {entry.DueAtMs % 100_000_000}",
        ParkedEntryKind.Redrive => $"redrive of {entry.OriginalOffset}",
        _ => $"{entry.Id.Claim}.{entry.Id.Number} {entry.Kind} {entry.About.Claim}.{entry.About.Number}{(entry.Kind == ParkedEntryKind.Step ? $", step {entry.StepIndex}, due {entry.DueAtMs % 100_000_000}" : "")}",
    };
}
