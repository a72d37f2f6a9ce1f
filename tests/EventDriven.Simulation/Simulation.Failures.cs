using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Broker;

namespace EventDriven.Simulation;

/// <content>What happens now and then where failed events are handed over: processes freeze, and people put events and offsets back.</content>
internal sealed partial class Simulation
{
    private void CauseOfFailures(int choice, FailureSchedule failing)
    {
        var log = _world.Broker.Logs[_world.Random.Next(_world.Schedule.Partitions)];
        if (choice < failing.Freezes)
        {
            Freeze();
        }
        else if (choice < failing.Freezes + failing.Redrives)
        {
            Redrive(log);
        }
        else if (choice >= failing.Freezes + failing.Redrives + failing.Resets)
        {
            SetClock();
        }
        else
        {
            Reset(log);
        }
    }

    /// <summary>The owner dies where a trim that is under way would meet the next one, which reads from the start of the log, between two claims.</summary>
    private bool Besiege()
    {
        foreach (var log in _world.Broker.Parked)
        {
            if (log.TrimAgainst(log.Start + 1) is not null && log.Truth.Owner?.Source.Member is { IsGone: false } owner && _world.Random.Chance(50))
            {
                owner.Crash();
                return true;
            }
        }

        return false;
    }

    /// <summary>A person puts an event that has come to its end back into the parked log.</summary>
    private void Redrive(SimulatedLog log)
    {
        var ended = log.Entries.FindAll(static entry => entry is { IsSettled: true, IsRedriven: false });
        if (_world.Schedule.Transactions is not null)
        {
            // Nobody sees that it has ended before its transaction is committed.
            ended.RemoveAll(entry => _world.Broker.Parked[log.Index].Truth.UnfinishedOf(entry) is not null);
        }

        if (ended.Count == 0)
        {
            return;
        }

        var entry = ended[_world.Random.Next(ended.Count)];
        entry.IsRedriven = true;
        _world.Broker.Parked[log.Index].Append(
            new ParkedEntry
            {
                Kind = ParkedEntryKind.Redrive,
                Key = World.KeyOf(entry.Key),
                Value = entry.Value,
                OriginalPartition = log.Id,
                OriginalOffset = entry.Offset,
                OriginalTimestampMs = entry.AppendedAt,
                Redriven = 1,
            },
            writer: null);
    }

    /// <summary>An operator sets the group's offset of a partition back while nobody has it.</summary>
    private void Reset(SimulatedLog log)
    {
        var broker = _world.Broker;
        if (broker.Owners[log.Index] is null && broker.Committed[log.Index] is { } committed && committed.Offset > log.Start)
        {
            var offset = log.Start + _world.Random.Next((int)(committed.Offset - log.Start));
            _world.Trace?.Add($"an operator sets {log.Id} back to {offset}");
            broker.Committed[log.Index] = committed with { Offset = offset, LeaderEpoch = -1 };
        }
    }

    /// <summary>The wall clock of a process is set; time itself goes on as before.</summary>
    private void SetClock()
    {
        var member = _world.Members[_world.Random.Next(_world.Members.Count)];
        member.ClockOffset = TimeSpan.FromHours(_world.Random.Pick([-1, 0, 1]));
        _world.HasClockJumped = true;
        _world.Trace?.Add($"the clock of {member.Name} is set to be wrong by {member.ClockOffset.TotalHours} h");
    }

    /// <summary>A process stands still (SIGSTOP), whatever it was about to do; the group waits for it no longer than its session lasts.</summary>
    private void Freeze()
    {
        var world = _world;
        var member = world.Members[world.Random.Next(world.Members.Count)];
        if (member.IsGone || member.IsFrozen)
        {
            return;
        }

        member.Freeze();
        world.Later(null, world.Random.Between(10, 3_000), member.Thaw);
        var source = member.Source;
        if (world.Random.Chance(70))
        {
            world.Later(null, world.Random.Between(0, 500), () =>
            {
                if (member.IsFrozen && world.Broker.IsMember(source))
                {
                    world.Trace?.Add($"the session of {source} expires");
                    world.Broker.Remove(source);
                }
            });
        }
    }
}
