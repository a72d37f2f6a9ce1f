using System.Globalization;
using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Tests;

/// <summary>
/// Writes the history of a run by hand: each call is a moment later than the one before. What it writes is what members log, in their format, so that the reader of the logs is tested too.
/// </summary>
internal sealed class Scenario
{
    public const string Topic = "orders";
    public const long Step = 1_000;

    private readonly Dictionary<string, List<string>> _lines = [];
    private readonly List<SourceRecord> _records = [];
    private readonly List<HandOver> _handOvers = [];
    private readonly List<PositionSample> _positions = [];
    private readonly List<FaultWindow> _faults = [];
    private readonly List<OffsetReset> _resets = [];
    private readonly List<Receipt> _receipts = [];
    private readonly List<OutputRecord> _outputs = [];

    public JudgedService Service { get; init; } = new() { Name = "billing", Topic = Topic, InKeyOrder = true, MaxReplay = 10, Attempts = 3 };

    public long Now { get; private set; } = 100 * Monotonic.Second;

    /// <summary>Events of three keys in turn, in each of two partitions.</summary>
    public Scenario WithEvents(int each)
    {
        for (var partition = 0; partition < 2; partition++)
        {
            for (var offset = 0; offset < each; offset++)
            {
                Write(partition, offset, $"{partition}-{"abc"[offset % 3]}", (offset / 3) + 1);
            }
        }

        return this;
    }

    public Scenario Write(int partition, long offset, string? key, long number, int fails = 0, bool isReadable = true)
    {
        _records.Add(new SourceRecord { Place = Place(partition), Offset = offset, Key = key, Number = number, Fails = fails, IsReadable = isReadable });
        _receipts.Add(new Receipt(Place(partition), offset, key, number));
        return this;
    }

    public Scenario Wait(double seconds)
    {
        Now += (long)(seconds * Monotonic.Second);
        return this;
    }

    public Scenario Assign(string member, int partition) => Line(member, "assigned", partition);

    /// <summary>The member tells that the client has gone back in the log.</summary>
    public Scenario GoBack(string member, int partition) => Line(member, "back", partition);

    public Scenario Revoke(string member, int partition) => Line(member, "revoked", partition);

    /// <summary>The member tells that its client was not closed in time.</summary>
    public Scenario Abandon(string member)
    {
        Tick();
        Lines(member).Add($"{Now}\tabandoned\t{Service.Name}");
        return this;
    }

    public Scenario Lose(string member, int partition) => Line(member, "lost", partition);

    public Scenario Handle(string member, int partition, long offset, int attempt = 1, long? token = null) =>
        Start(member, partition, offset, attempt, token).End(member, "handled", partition, offset, attempt, token);

    public Scenario HandleAll(string member, int partition, long from, long to, long? token = null)
    {
        for (var offset = from; offset < to; offset++)
        {
            Handle(member, partition, offset, token: token);
        }

        return this;
    }

    public Scenario Fail(string member, int partition, long offset, int attempt = 1, long? token = null) =>
        Start(member, partition, offset, attempt, token).End(member, "failed", partition, offset, attempt, token);

    public Scenario Start(string member, int partition, long offset, int attempt = 1, long? token = null) => Run(member, "start", partition, offset, attempt, token);

    public Scenario End(string member, string outcome, int partition, long offset, int attempt = 1, long? token = null) => Run(member, outcome, partition, offset, attempt, token);

    public Scenario HandOver(HandOverKind kind, int partition, long offset, string topic, long at)
    {
        Tick();
        _handOvers.Add(new HandOver
        {
            Service = Service.Name, Kind = kind, Place = new TopicPlace(topic, partition), Offset = at, Source = Place(partition), SourceOffset = offset, At = Now,
        });
        return this;
    }

    public Scenario Commit(int partition, long offset, string topic = Topic)
    {
        Tick();
        _positions.Add(new PositionSample(Service.Name, new TopicPlace(topic, partition), Now, Now, offset, 100));
        return this;
    }

    /// <summary>The output of an event becomes visible.</summary>
    public Scenario Output(int partition, long offset)
    {
        _outputs.Add(new OutputRecord(new TopicPlace("output", 0), _outputs.Count, Place(partition), offset));
        return this;
    }

    /// <summary>An operator's reset, and what a look that crosses it still sees as committed.</summary>
    public Scenario Reset(int partition, long offset, long? seen = null)
    {
        Tick();
        var at = Now;
        if (seen is { } committed)
        {
            Commit(partition, committed);
        }

        _resets.Add(new OffsetReset(Service.Name, Place(partition), offset, at, Now));
        return this;
    }

    /// <summary>A fault that began so many seconds ago and is over.</summary>
    public Scenario Fault(FaultReach reach, string target, double ago = 0)
    {
        Tick();
        _faults.Add(new FaultWindow(reach.ToString(), target, Now - (long)(ago * Monotonic.Second), Now, reach));
        return this;
    }

    public History Build() => new()
    {
        Services = [Service],
        Records = [.. _records],
        Receipts = [.. _receipts],
        Outputs = [.. _outputs],
        Members = [.. _lines.Select(static member => new MemberLog(member.Key, [.. member.Value]))],
        HandOvers = [.. _handOvers],
        Positions = [.. _positions],
        Faults = [.. _faults],
        Resets = [.. _resets],
    };

    public static TopicPlace Place(int partition) => new(Topic, partition);

    private void Tick() => Now += Step;

    private Scenario Line(string member, string verb, int partition)
    {
        Tick();
        Lines(member).Add($"{Now}\t{verb}\t{Service.Name}\t{Place(partition)}");
        return this;
    }

    private Scenario Run(string member, string verb, int partition, long offset, int attempt, long? token)
    {
        Tick();
        var record = _records.Find(record => record.Place.Partition == partition && record.Offset == offset);
        Lines(member).Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{Now}\t{verb}\t{Service.Name}\t{Topic}\t{partition}\t{offset}\t{record?.Key ?? "-"}\t{record?.Number ?? 0}\t{attempt}\t{token?.ToString(CultureInfo.InvariantCulture) ?? "-"}\t0"));
        return this;
    }

    private List<string> Lines(string member)
    {
        if (!_lines.TryGetValue(member, out var lines))
        {
            _lines[member] = lines = [];
        }

        return lines;
    }
}
