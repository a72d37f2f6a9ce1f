using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Broker;

/// <summary>One partition of the parked topic: entries from any process, alive or not, in the order in which they land.</summary>
internal sealed class SimulatedParkedLog(World world, SimulatedLog source)
{
    private readonly List<ParkedRecord> _records = [];
    private int _open;

    public SimulatedLog Source => source;

    /// <summary>Trims that were asked for and have not been done: they may be at any moment, whoever owns the log by then.</summary>
    public List<(Later Trim, long Before)> TrimsUnderWay { get; } = [];

    /// <summary>The answers that wait for the next entry.</summary>
    public List<Later> Waiting { get; } = [];

    public long Start { get; private set; }

    public long End { get; private set; }

    /// <summary>How far readers come: to the first record of a transaction that is not over.</summary>
    public long Readable
    {
        get
        {
            if (_open == 0 || world.Mutation == Mutation.OpenMarkersAreRead)
            {
                return End;
            }

            return _records.Find(static record => record.State == ParkedRecordState.Open)?.Offset ?? End;
        }
    }

    /// <summary>What a reader of the whole log finds.</summary>
    public ParkedTruth Truth { get; private set; } = new(world, source);

    public ParkedRecord Append(ParkedEntry entry, Tenure? writer, bool isInTransaction = false)
    {
        var record = new ParkedRecord(End++, world.Time.Now, entry, writer);
        if (isInTransaction)
        {
            record.State = ParkedRecordState.Open;
            _open++;
        }

        world.Trace?.Add($"parked {source.Index}@{record.Offset}: {Describe(entry)}{(writer is null ? " of a person" : $" of {writer.Source}")}");
        _records.Add(record);
        Truth.Land(record, isFirst: false);
        record.InForce = Truth.Claim;
        world.Oracle.OnLanded(record);
        AnswerWaiting();
        if (world.Random.Chance(5))
        {
            End++;
        }

        return record;
    }

    /// <summary>It is written here how a transaction has ended.</summary>
    public void EndTransaction(IReadOnlyCollection<ParkedRecord> records, bool isCommitted)
    {
        world.Trace?.Add($"parked {source.Index} is told that {string.Join(", ", records.Select(static record => record.Offset))} {(isCommitted ? "are committed" : "were aborted")}");
        foreach (var record in records)
        {
            record.State = isCommitted ? ParkedRecordState.Visible : ParkedRecordState.Aborted;
            _open--;
            if (isCommitted)
            {
                Truth.Commit(record);
            }
        }

        End++;
        AnswerWaiting();
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

    private void AnswerWaiting()
    {
        foreach (var answer in Waiting)
        {
            answer.Due = Math.Min(answer.Due, world.Time.Now + world.Random.Between(0, 10));
        }

        Waiting.Clear();
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

        if (_records.Count == 0 || _records[^1].Offset < from)
        {
            return [];
        }

        var read = new List<ParkedRecord>();
        for (var readable = Readable; index < _records.Count && _records[index].Offset < readable && read.Count < max; index++)
        {
            if (_records[index].State != ParkedRecordState.Aborted || world.Mutation == Mutation.OpenMarkersAreRead)
            {
                read.Add(_records[index]);
            }
        }

        return read;
    }

    private static string Describe(ParkedEntry entry) => entry.Kind switch
    {
        ParkedEntryKind.Claim => $"claim after {entry.PreviousClaim}",
        ParkedEntryKind.Parked => $"{entry.Id.Claim}.{entry.Id.Number} parks {entry.OriginalOffset}, step {entry.StepIndex}, due {entry.DueAtMs % 100_000_000}",
        ParkedEntryKind.Redrive => $"redrive of {entry.OriginalOffset}",
        _ => $"{entry.Id.Claim}.{entry.Id.Number} {entry.Kind} {entry.About.Claim}.{entry.About.Number}{(entry.Kind == ParkedEntryKind.Step ? $", step {entry.StepIndex}, due {entry.DueAtMs % 100_000_000}" : "")}",
    };
}
