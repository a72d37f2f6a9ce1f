using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Judging;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation;

/// <summary>Everything of one schedule: the clock, the broker, the processes, the oracle, and what is under way between them. Single-threaded.</summary>
internal sealed class World
{
    private static readonly byte[][] Keys = [.. Enumerable.Range(0, 16).Select(key => key == 0 ? Array.Empty<byte>() : [(byte)key])];

    private readonly List<Later> _later = [];
    private readonly List<SimulatedMember> _members = [];
    private readonly bool _strands;
    private readonly bool _goesBack;
    private int _depth;

    /// <param name="seed">Decides everything.</param>
    /// <param name="mutation">The deliberate bug that is switched on.</param>
    /// <param name="trace">Whether to write down what happens.</param>
    /// <param name="variant">What is not left to the seed.</param>
    public World(ulong seed, Mutation mutation = Mutation.None, bool trace = false, Variant variant = default)
    {
        // Of its own, so that what a seed decides about everything else does not depend on it.
        var ofBatches = new SimulationRandom(~seed * 3);
        var isForBatches = ofBatches.Chance(40);
        TakesMany = variant.TakesMany ?? new SimulationRandom(~seed * 7).Chance(50);
        var ofFailures = new SimulationRandom(~seed * 5);
        var mode = ofFailures.Next(100) switch
        {
            < 60 => FailureMode.Stop,
            < 80 => FailureMode.Chain,
            _ => FailureMode.Parking,
        };
        mode = variant.Transactions ? (variant.Failures == FailureMode.Parking ? FailureMode.Parking : FailureMode.Stop) : variant.Failures ?? mode;
        Trouble = new SimulationRandom(~seed * 11);
        Rebalances = new SimulationRandom(~seed * 13);
        Strandings = new SimulationRandom(~seed * 23);
        _strands = Strandings.Chance(10);
        _goesBack = variant.Transactions && Strandings.Chance(15);

        // What is parked needs many commits that the engine asks for: only where it is asked for.
        IsClassic = variant.Classic ?? (Rebalances.Chance(40) && mode != FailureMode.Parking);
        Random = new SimulationRandom(seed);
        Extra = new SimulationRandom(~seed);
        Schedule = new Schedule(
            Random,
            Extra,
            !variant.Transactions && (variant.Batches ?? (isForBatches && mode != FailureMode.Parking)) ? ofBatches : null,
            mode == FailureMode.Stop ? null : new FailureSchedule(ofFailures, mode, isSiege: mode == FailureMode.Parking && new SimulationRandom(~seed * 17).Chance(4)),
            variant.Transactions ? new TransactionSchedule(new SimulationRandom(~seed * 19)) : null);
        Time.TimersAreLate = mutation == Mutation.TimersAreLate;
        Mutation = mutation;
        Trace = trace ? new Trace(Time) : null;
        Oracle = new Oracle(this);
        Broker = new SimulatedBroker(this);
        if (mode == FailureMode.Parking)
        {
            Broker.CreateParked();
        }
    }

    public SimulationRandom Random { get; }

    /// <summary>For what came later: what it decides leaves the numbers of the first one, and so the schedules of old seeds, as they were.</summary>
    public SimulationRandom Extra { get; }

    /// <summary>For brokers that are in trouble.</summary>
    public SimulationRandom Trouble { get; }

    /// <summary>For how long rebalances of the classic protocol last.</summary>
    public SimulationRandom Rebalances { get; }

    /// <summary>For partitions that a client is given and never begins.</summary>
    public SimulationRandom Strandings { get; }

    /// <summary>Whether the client leaves what it is given now without asking again where to begin, since its coordinator has moved.</summary>
    public bool Strands => _strands && !IsQuiet && Strandings.Chance(15);

    /// <summary>Whether a client goes back to the beginning of a log now, though the log has not.</summary>
    public bool GoesBack => _goesBack && !IsQuiet && Strandings.Chance(2);

    /// <summary>Whether a client is misled where it may be.</summary>
    public bool Misleads => Strandings.Chance(70);

    /// <summary>Whether the group has the classic protocol: while it rebalances no commit is accepted, but those of a revocation.</summary>
    public bool IsClassic { get; }

    public Schedule Schedule { get; }

    /// <summary>Whether clients hand out many records at a time, all of which the engine takes.</summary>
    public bool TakesMany { get; }

    public Mutation Mutation { get; }

    public VirtualTime Time { get; } = new();

    public Trace? Trace { get; }

    public Oracle Oracle { get; }

    public SimulatedBroker Broker { get; }

    public List<SimulatedMember> Members => _members;

    /// <summary>The attempts that have produced something.</summary>
    public List<OutputAttempt> Attempts { get; } = [];

    /// <summary>The done markers that were made for transactions, and by whom.</summary>
    public List<(SimulatedParkedLog Log, ParkedEntry Entry, Tenure? Writer)> Markers { get; } = [];

    /// <summary>The threads of transactions, of processes that are gone too.</summary>
    public List<SimulatedTransactionThread> Threads { get; } = [];

    /// <summary>The seeks that clients have begun, and who is told when they are done.</summary>
    public List<(SimulatedSource Source, Task Done)> Seeks { get; } = [];

    /// <summary>Whether a wall clock was set: due times mean nothing any more.</summary>
    public bool HasClockJumped { get; set; }

    /// <summary>Whether the faults have ceased.</summary>
    public bool IsQuiet { get; set; }

    public int Steps { get; set; }

    /// <summary>The first violation: also one that was thrown where the engine must swallow it.</summary>
    public Exception? Violation { get; private set; }

    public static byte[]? KeyOf(int key) => key < 0 ? null : Keys[key];

    /// <summary>Something went wrong where nobody would see it thrown.</summary>
    public void Note(Exception thrown) => Violation ??= thrown;

    public void Fail(InvariantViolation violation)
    {
        Violation ??= violation;
        throw violation;
    }

    /// <summary>Counts what has happened: where it stands still, time may pass faster.</summary>
    public long Activity { get; set; }

    /// <summary>Lets something happen later, unless the client it belongs to is gone by then.</summary>
    public Later Later(SimulatedSource? source, long delay, Action action)
    {
        var later = new Later(Time.Now + delay, source?.Member, source, action);
        _later.Add(later);
        return later;
    }

    /// <summary>Whether something has left its process and has not landed yet.</summary>
    public bool HasMoreToLand => _later.Exists(static later => later.IsElsewhere);

    /// <summary>Lets something happen later in a process, unless it is gone by then.</summary>
    public Later LaterIn(SimulatedMember member, long delay, Action action)
    {
        var later = new Later(Time.Now + delay, member, null, action);
        _later.Add(later);
        return later;
    }

    public void Forget(SimulatedSource source) => _later.RemoveAll(later => later.Source == source);

    public void RunAllOf(SimulatedSource source)
    {
        while (_later.FindIndex(later => later.Source == source) is var index and >= 0)
        {
            var action = _later[index].Action;
            _later.RemoveAt(index);
            action();
        }
    }

    public void Advance(long milliseconds)
    {
        var until = Time.Now + milliseconds;
        do
        {
            AdvanceToNext(until);
        }
        while (Time.Now < until);
    }

    /// <summary>Goes on to the next moment at which something happens, but no further than to a time.</summary>
    public void AdvanceToNext(long until)
    {
        Time.Now = Math.Max(Time.Now, Math.Min(until, NextDue()));
        Time.RunDue();
        Broker.Transactions.RunDue();
        for (var i = 0; i < _later.Count; i++)
        {
            var later = _later[i];
            if (later.Due <= Time.Now && later.Member is not { IsFrozen: true })
            {
                _later.RemoveAt(i);
                i = -1;
                if (later.Source is not null || later.Member is not { IsGone: true })
                {
                    Activity++;
                    later.Action();
                }
            }
        }

        for (var i = 0; i < _members.Count; i++)
        {
            var member = _members[i];
            if (member.IsGone || member.IsFrozen)
            {
                continue;
            }

            member.Workers.Run();
            if (member.Source.NextAutoCommit <= Time.Now)
            {
                member.Source.AutoCommit();
            }

            member.RunTransactions();
        }
    }

    /// <summary>Lets another process take its turn while one waits.</summary>
    public void StepOther(SimulatedMember waiting)
    {
        if (_depth >= 2)
        {
            return;
        }

        var other = _members[Random.Next(_members.Count)];
        if (other != waiting)
        {
            _depth++;
            other.Step();
            _depth--;
        }
    }

    private long NextDue()
    {
        // Once all is quiet nobody else looks at the time.
        var next = Math.Min(Time.NextDue, IsQuiet ? long.MaxValue : Time.Now + 50);
        next = Math.Min(next, Broker.Transactions.NextDue);
        foreach (var later in _later)
        {
            if (later.Member is not { IsFrozen: true })
            {
                next = Math.Min(next, later.Due);
            }
        }

        foreach (var member in _members)
        {
            if (member is { IsGone: false, IsFrozen: false })
            {
                next = Math.Min(next, Math.Min(Math.Min(member.Workers.NextDue, member.Source.NextAutoCommit), member.NextTransactionDue));
            }
        }

        return Math.Max(next, Time.Now + 1);
    }
}
