using Confluent.Kafka;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Producing;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>
/// One process's way to a parked log. Reads may tell of the log as it was a while ago; an append that fails may land all the same, in part, now or long after its
/// writer is gone, and one that succeeds may land twice; a trim that fails may be done later.
/// </summary>
internal sealed class ParkedLogClient(World world, SimulatedMember member, SimulatedParkedLog log) : IParkedLog
{
    /// <summary>What was fetched ahead, for each cursor.</summary>
    private readonly (long From, ParkedLogRead Read)?[] _ahead = new (long, ParkedLogRead)?[2];

    public const string MarkerTopic = "parked";

    private Tenure? _tenure;
    private bool _isClosed;

    private FailureSchedule Schedule => world.Schedule.Failing!;

    public Task<(long Start, long End)> GetBoundsAsync(CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<(long, long)>();
        var fails = Fails(Schedule.AppendFaults / 2);
        var asked = world.Random.Chance(50) ? (log.Start, log.Readable) : ((long Start, long End)?)null;
        Answer(completion, fails, () => asked ?? (log.Start, log.Readable), 0, cancellationToken);
        return completion.Task;
    }

    public Task<ParkedLogRead> ReadAsync(ParkedLogCursor cursor, long from, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<ParkedLogRead>();
        if (_ahead[(int)cursor] is { } ahead && ahead.From == from && ahead.Read.Records.Count > 0)
        {
            Answer(completion, fails: false, () => Ahead(cursor, ahead.Read), 0, cancellationToken);
            return completion.Task;
        }

        var fails = Fails(Schedule.AppendFaults / 2);
        var waits = from >= log.Readable && wait > TimeSpan.Zero;
        if (Schedule.IsStorm && from > log.Start && log.Truth.Owner?.Source != member.Source
            && (Schedule.IsSiege ? log.TrimAgainst(from) : log.TrimsUnderWay.FirstOrDefault().Trim) is { } trim && world.Random.Chance(40))
        {
            // Of all moments this is the one that matters: between two reads of one who is not the owner yet.
            world.Trace?.Add($"parked {log.Source.Index}: a trim overtakes {member.Source}, which has read up to {from}");
            trim.Due = Math.Min(trim.Due, world.Time.Now + 1);
        }

        var slow = !world.IsQuiet && world.Random.Chance(Schedule.SlowReads) ? world.Random.Between(20, 1_000) : 0;
        var answer = Answer(completion, fails, () => Ahead(cursor, Fetch(from)), slow + (waits ? (long)wait.TotalMilliseconds : 0), cancellationToken);
        if (waits)
        {
            log.Waiting.Add(answer);
        }

        return completion.Task;
    }

    public Task AppendAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellationToken)
    {
        var random = world.Random;
        var completion = new TaskCompletionSource<bool>();
        ParkedEntry[] sent = [.. entries];
        var writer = _tenure = member.Source.EpochOf(log.Source.Id)?.Tenure ?? _tenure;
        world.Oracle.OnParkedAppend(member, log, sent, writer);
        var landsAfter = world.IsQuiet || !random.Chance(Schedule.SlowAppends) ? random.Between(0, 10) : random.Between(10, 2_000);
        if (Fails(Schedule.AppendFaults))
        {
            // Any of them may land, in order, now or when their writer is long gone.
            for (var copy = 0; copy < 2; copy++)
            {
                if (random.Chance(copy == 0 ? Schedule.LateAppends : Schedule.LateAppends / 4))
                {
                    LandLater([.. sent.Where(_ => random.Chance(80))], writer, random.Chance(50) ? landsAfter : random.Between(0, 5_000));
                }
            }

            Answer(completion, fails: true, static () => true, random.Between(0, 200), cancellationToken);
            return completion.Task;
        }

        LandLater(sent, writer, landsAfter);
        if (random.Chance(Schedule.LateAppends / 4))
        {
            LandLater(sent, writer, landsAfter + random.Between(0, 3_000));
        }

        Answer(completion, fails: false, static () => true, landsAfter, cancellationToken);
        return completion.Task;
    }

    public void Write(ParkedEntry entry, OutgoingRecord record)
    {
        var writer = _tenure = member.Source.EpochOf(log.Source.Id)?.Tenure ?? _tenure;
        world.Oracle.OnParkedAppend(member, log, [entry], writer);
        world.Markers.Add((log, entry, writer));
        record.Destination = new TopicPartition(MarkerTopic, log.Source.Index);
        record.Message.Value = BitConverter.GetBytes(world.Markers.Count - 1);
    }

    public Task TrimAsync(long before, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<bool>();
        var fails = Fails(Schedule.AppendFaults);
        var isSlow = fails || (!world.IsQuiet && world.Random.Chance(Schedule.IsStorm ? 60 : Schedule.SlowAppends));
        var landsAfter = isSlow ? world.Random.Between(Schedule.IsStorm ? 200 : 0, 3_000) : 0;
        if (!fails || world.Random.Chance(Schedule.LateAppends))
        {
            Later? trim = null;
            trim = world.Later(null, landsAfter, () =>
            {
                log.TrimsUnderWay.RemoveAll(one => one.Trim == trim);
                log.Trim(before);
            });
            log.TrimsUnderWay.Add((trim, before));
        }

        Answer(completion, fails, static () => true, fails ? 0 : landsAfter, cancellationToken);
        return completion.Task;
    }

    public void Dispose() => _isClosed = true;

    private void LandLater(ParkedEntry[] entries, Tenure? writer, long delay) => world.Later(null, delay, () =>
    {
        foreach (var entry in entries)
        {
            log.Append(entry, writer);
        }
    });

    private bool Fails(int percent) => !world.IsQuiet && world.Random.Chance(percent);

    private ParkedLogRead Ahead(ParkedLogCursor cursor, ParkedLogRead read)
    {
        _ahead[(int)cursor] = world.Random.Chance(30) ? (read.Next, Fetch(read.Next)) : null;
        return read;
    }

    private ParkedLogRead Fetch(long from)
    {
        if (from > log.End || from < log.Start)
        {
            return new ParkedLogRead { Records = [], Next = from, LogStart = log.Start, LogEnd = log.End };
        }

        var max = Schedule.IsStorm ? world.Random.Between(1, 3) : world.Random.Pick([1, 2, 5, 100]);
        var records = log.Read(from, max).ConvertAll(record => new ParkedLogRecord(
            record.Offset, record.At + world.Time.Origin.ToUnixTimeMilliseconds(), 500 + (record.Entry.Value?.Length ?? 0), Show(record)));
        return new ParkedLogRead
        {
            Records = records,
            Next = records.Count == max ? records[^1].Offset + 1 : Math.Max(from, log.Readable),
            LogStart = log.Start,
            LogEnd = log.End,
        };
    }

    private ParkedEntry Show(ParkedRecord record) => Show(record, record.Entry);

    /// <summary>What a reader is shown of a record, by the deliberate bug that is switched on.</summary>
    private ParkedEntry Show(ParkedRecord record, ParkedEntry entry) => world.Mutation switch
    {
        Mutation.ZombiesAreBelieved when entry.Kind == ParkedEntryKind.Parked && entry.Id.Claim != record.InForce => entry with { Id = new EntryId(record.InForce, entry.Id.Number + 1_000_000) },
        Mutation.StepsAreForgotten when entry.Kind == ParkedEntryKind.Step => entry with { Kind = ParkedEntryKind.Unknown },
        Mutation.DueTimesAreForgotten => entry with { DueAtMs = 0 },
        _ => entry,
    };

    /// <summary>Lets the process hear of it after a while, unless the call was given up or the log closed.</summary>
    private Later Answer<T>(TaskCompletionSource<T> completion, bool fails, Func<T> answer, long delay, CancellationToken cancellationToken) =>
        world.LaterIn(member, delay + world.Random.Between(0, 10), () =>
        {
            if (_isClosed || cancellationToken.IsCancellationRequested)
            {
                completion.SetCanceled(CancellationToken.None);
            }
            else if (fails)
            {
                completion.SetException(new ParkedLogException("The broker did not answer.", isRefused: false));
            }
            else
            {
                completion.SetResult(answer());
            }
        });
}
