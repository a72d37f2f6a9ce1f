using System.Runtime.ExceptionServices;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation;

/// <summary>Runs one schedule: first ordinary work and faults as the seed has it, then peace, in which everything must come to its end.</summary>
internal sealed partial class Simulation
{
    private readonly World _world;
    private int _processes;
    private int _totalWeight;

    private Simulation(World world)
    {
        _world = world;
        foreach (var weight in world.Schedule.Weights)
        {
            _totalWeight += weight;
        }

        if (world.Schedule.Failing is { } failing)
        {
            _totalWeight += failing.Freezes + failing.Redrives + failing.Resets + failing.ClockJumps;
        }

        _totalWeight += world.Schedule.Transactions?.Freezes ?? 0;
    }

    /// <summary>Runs the schedule of a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="mutation">The deliberate bug that is switched on.</param>
    /// <param name="trace">Whether to write down what happens.</param>
    /// <param name="variant">What is not left to the seed.</param>
    /// <param name="only">The steps to run, each with the chances that it has in the whole schedule; null for all.</param>
    /// <param name="record">Takes down the chances of each step.</param>
    /// <param name="told">Is told of the trace of a schedule that passes.</param>
    /// <returns>What went wrong; null where nothing did.</returns>
    public static Failure? Run(
        ulong seed,
        Mutation mutation = Mutation.None,
        bool trace = false,
        Variant variant = default,
        StepSet? only = null,
        StepStates? record = null,
        Action<string>? told = null)
    {
        StepStates? chances = null;
        if (only is not null)
        {
            chances = new StepStates();
            Run(seed, mutation, variant: variant, record: chances);
        }

        var world = new World(seed, mutation, trace, variant);
        try
        {
            new Simulation(world).Run(only, chances, record);
        }
        catch (Exception exception)
        {
            world.Trace?.Add($"=> {(world.Violation ?? exception).Message}");
            return new Failure(seed, world.Violation ?? exception, world.Schedule, world.Trace?.Lines ?? [], only);
        }
        finally
        {
            foreach (var thread in world.Threads)
            {
                thread.Kill();
                thread.Dispose();
            }
        }

        foreach (var line in told is null ? [] : world.Trace?.Lines ?? [])
        {
            told!(line);
        }

        return null;
    }

    private void Run(StepSet? only, StepStates? chances, StepStates? record)
    {
        var world = _world;
        for (world.Steps = 0; world.Steps < world.Schedule.Steps; world.Steps++)
        {
            record?.Save(world);
            if (only is not null)
            {
                if (world.Steps >= chances!.Count - 1 || !only.Contains(world.Steps))
                {
                    continue;
                }

                chances.Restore(world, world.Steps);
            }

            KeepProcessesRunning();
            Step();
            ThrowIfFailed();
        }

        record?.Save(world);
        chances?.Restore(world, chances.Count - 1);
        ComeToAnEnd();
        world.Oracle.CheckOrderAtTheEnd();
        world.Oracle.CheckThatNothingIsLost();
        if (world.Schedule.Transactions is not null)
        {
            world.Oracle.CheckOutputAtTheEnd();
        }

        ThrowIfFailed();
    }

    private void Step()
    {
        var world = _world;
        var random = world.Random;
        if (world.Schedule.Failing is { IsSiege: true } && Besiege())
        {
            return;
        }

        var choice = random.Next(100 + _totalWeight);
        switch (choice)
        {
            case < 55:
                world.Members[random.Next(world.Members.Count)].Step();
                return;

            case < 75:
                Append(random.Between(1, 6));
                return;

            case < 100:
                world.Advance(random.Between(1, 60));
                return;
        }

        choice -= 100;
        for (var fault = 0; ; fault++)
        {
            if (fault == world.Schedule.Weights.Length)
            {
                var freezes = world.Schedule.Transactions?.Freezes ?? 0;
                if (choice < freezes)
                {
                    Freeze();
                }
                else
                {
                    CauseOfFailures(choice - freezes, world.Schedule.Failing!);
                }

                return;
            }

            choice -= world.Schedule.Weights[fault];
            if (choice < 0)
            {
                Cause((Fault)fault);
                return;
            }
        }
    }

    private void Cause(Fault fault)
    {
        var world = _world;
        var random = world.Random;
        var partition = random.Next(world.Schedule.AllPartitions);
        var log = world.Broker.Logs[partition];
        var member = world.Members[random.Next(world.Members.Count)];
        switch (fault)
        {
            case Fault.Move:
                world.Broker.Move(partition);
                break;

            case Fault.Reassign:
                world.Broker.Reassign(partition);
                break;

            case Fault.Expire when world.Broker.IsMember(member.Source) && world.Extra.Chance(40):
                world.Broker.ThrowOutInVain(member.Source);
                break;

            case Fault.Expire when world.Broker.IsMember(member.Source):
                world.Trace?.Add($"the session of {member.Source} expires");
                world.Broker.Remove(member.Source);
                break;

            case Fault.Crash when !member.IsGone:
                member.Crash();
                break;

            case Fault.Stop:
                member.RequestStop(random.Chance(70) ? world.Schedule.Options.DrainTimeout : TimeSpan.FromMilliseconds(random.Between(0, 100)), stays: random.Chance(30));
                break;

            case Fault.Fatal when !member.IsGone && !member.IsStopping:
                member.Source.FailFatally();
                break;

            case Fault.Retention when IsOfSource(log):
                world.Trace?.Add($"{log.Id} expires");
                log.Expire(log.Start + random.Between(1, 6));
                break;

            case Fault.Compaction when IsOfSource(log) && log.Entries.Count > 1:
                log.Entries[random.Next(log.Entries.Count - 1)].IsRemoved = true;
                break;

            case Fault.Truncation when IsOfSource(log) && log.End > log.Start && random.Chance(40):
                log.Truncate(log.End - random.Between(1, (int)Math.Min(8, log.End - log.Start)));
                world.Trace?.Add($"{log.Id} goes back to {log.End}");
                break;

            case Fault.LeaderChange:
                log.ChangeLeader();
                world.Trace?.Add($"another broker leads {log.Id}, leader epoch {log.LeaderEpoch}");
                break;

            case Fault.UserPause when world.Extra.Chance(world.Schedule.PartitionPauses):
                member.SetPaused(partition, random.Chance(50));
                break;

            case Fault.UserPause:
                member.SetPaused(random.Chance(50));
                break;

            case Fault.Seek when IsOfSource(log) && log.End > log.Start && random.Chance(40):
                member.Seek(partition, log.Start + random.Next((int)(log.End - log.Start) + 1));
                break;

            case Fault.Retry:
                member.Retry();
                break;
        }
    }

    /// <summary>Nothing that waits for its retry may go but by being handled.</summary>
    private bool IsOfSource(SimulatedLog log) => log.Index < _world.Schedule.Partitions;

    private void Append(int count)
    {
        var schedule = _world.Schedule;
        var random = _world.Random;
        var log = _world.Broker.Logs[random.Next(schedule.Partitions)];
        for (; count > 0; count--)
        {
            var entry = log.Append(
                random.Chance(schedule.NullKeys) ? -1 : random.Next(schedule.Keys),
                schedule.Tombstones > 0 && random.Chance(schedule.Tombstones) ? null : new byte[random.Pick([0, 10, 200])],
                random.Chance(schedule.Failures) ? random.Between(1, 3) : 0,
                _world.Time.Now);
            schedule.Failing?.Spoil(entry);
            if (random.Chance(schedule.Gaps))
            {
                log.AppendGap(random.Between(1, 3));
            }
        }

        _world.Trace?.Add($"{log.Id} grows to {log.End}");
    }

    /// <summary>Starts a process for each that is gone.</summary>
    private void KeepProcessesRunning()
    {
        for (var i = 0; i < _world.Schedule.Members; i++)
        {
            if (i == _world.Members.Count)
            {
                _world.Members.Add(NewProcess());
            }
            else if (_world.Members[i].IsGone && (_world.IsQuiet || _world.Random.Chance(30)))
            {
                _world.Members[i] = NewProcess();
            }
        }
    }

    private SimulatedMember NewProcess() => new(_world, $"P{++_processes}");

    private void ThrowIfFailed()
    {
        if (_world.Violation is { } violation)
        {
            ExceptionDispatchInfo.Throw(violation);
        }
    }
}
