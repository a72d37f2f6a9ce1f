using EventDriven.Kafka.Consuming;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>The workers of one process: they take ready lanes in chance order, and end records out of order after chance times.</summary>
internal sealed partial class SimulatedWorkers(World world, SimulatedMember member) : ILaneQueue
{
    private readonly List<Lane> _ready = [];
    private readonly List<Handling> _handlings = [];

    /// <summary>What was handled in an assignment that had ended, for the bug that takes it over into the next.</summary>
    private readonly HashSet<LogEntry> _late = [];

    /// <summary>Whether a handler is at work.</summary>
    public bool IsBusy => Busy > 0 || _handOvers.Count > 0;

    public long NextDue
    {
        get
        {
            var next = _ready.Count > 0 && Busy < world.Schedule.Workers ? world.Time.Now + 1 : long.MaxValue;
            foreach (var handling in _handlings)
            {
                next = Math.Min(next, handling.EndsAt);
            }

            foreach (var batch in _batches)
            {
                next = Math.Min(next, batch.EndsAt);
            }

            return Math.Min(next, NextHandOver);
        }
    }

    public void Enqueue(Lane lane)
    {
        if (world.Mutation == Mutation.LaneIsLost && world.Random.Chance(2))
        {
            return;
        }

        if (lane.IsForBatch)
        {
            _queuedAt[lane] = world.Time.Now;
        }

        _ready.Add(lane);
    }

    public void EnqueueAll(List<Lane> lanes)
    {
        foreach (var lane in lanes)
        {
            Enqueue(lane);
        }
    }

    public void Run()
    {
        for (var i = 0; i < _handlings.Count; i++)
        {
            var handling = _handlings[i];
            handling.Hear(world);
            if (handling.EndsAt <= world.Time.Now)
            {
                _handlings.RemoveAt(i);
                i = -1;
                End(handling);
            }
        }

        EndBatches();
        FollowHandOvers();
        if (world.Mutation == Mutation.DrainLeavesGaps && member.Drain.IsWaiting)
        {
            return;
        }

        while (_ready.Count > 0 && Busy < world.Schedule.Workers && (world.IsQuiet || world.Random.Chance(85)))
        {
            var index = world.Random.Chance(75) ? 0 : world.Random.Next(_ready.Count);
            var lane = _ready[index];
            _ready.RemoveAt(index);
            if (lane.IsForBatch)
            {
                BeginBatch(lane);
            }
            else
            {
                Follow(lane, lane.Assignment.Begin(lane, out var record), record);
            }
        }
    }

    private void Follow(Lane lane, LaneStep step, in ConsumedRecord record)
    {
        if (step == LaneStep.Requeue)
        {
            _ready.Add(lane);
        }

        if (step != LaneStep.Run)
        {
            return;
        }

        if (IsTakenForDone(record))
        {
            step = lane.Assignment.Finish(lane, ProcessingResult.Handled(), mayContinue: !IsForBatches, out var following);
            Follow(lane, step, following);
            return;
        }

        world.Activity++;
        world.Trace?.Add($"{member.Name} starts {record.Partition}@{record.Offset}{(record.Origin is { } origin ? $", step {origin.Step}" : "")}");
        var delivery = BeginRecord(lane, record);
        var handling = new Handling(world, lane, delivery, record);
        lane.Failure = null;
        if (world.Mutation == Mutation.SuccessIsToldEarly && world.Random.Chance(10))
        {
            handling.IsTold = true;
            step = lane.Assignment.Finish(lane, ProcessingResult.Handled(), mayContinue: !IsForBatches, out var next);
            _handlings.Add(handling);
            Follow(lane, step, next);
            return;
        }

        _handlings.Add(handling);
    }

    /// <summary>Whether a deliberate bug has an event completed that nobody handles.</summary>
    private bool IsTakenForDone(in ConsumedRecord record) => world.Mutation switch
    {
        Mutation.EpochIsForgotten => record.Headers is Delivery delivery && _late.Remove(delivery.Entry),
        _ => false,
    };

    private Delivery BeginRecord(Lane lane, in ConsumedRecord record)
    {
        if (record.Origin is not null && world.Broker.Parked.Length > 0)
        {
            return world.Oracle.OnStartParked(member, lane.Assignment, record);
        }

        var delivery = (Delivery)record.Headers!;
        world.Oracle.OnStart(member, delivery, record);
        return delivery;
    }

    private void EndRecord(Delivery delivery, Outcome outcome)
    {
        if (delivery.IsFromParkedLog)
        {
            world.Oracle.OnEndParked(member, delivery, outcome);
        }
        else
        {
            world.Oracle.OnEnd(member, delivery, outcome);
        }
    }

    private void End(Handling handling)
    {
        world.Activity++;
        _lastChange = world.Time.Now;
        var outcome = handling.Outcome(world);
        world.Trace?.Add($"{member.Name} ends {handling.Delivery.Epoch.Log.Index}@{handling.Delivery.Entry.Offset}: {outcome}");
        if (outcome == Outcome.Failed && !handling.IsTold)
        {
            world.Oracle.OnFailed(handling.Delivery);
            HandOver(handling.Lane, handling.Delivery, handling.Record, handling.Failure!);
            return;
        }

        EndRecord(handling.Delivery, outcome);
        if (world.Mutation == Mutation.EpochIsForgotten && handling.Delivery.Epoch.HasEnded && outcome == Outcome.Handled)
        {
            _late.Add(handling.Delivery.Entry);
        }

        if (handling.IsTold)
        {
            return;
        }

        var told = outcome == Outcome.Stopped && world.Mutation == Mutation.FailureIsToldAsSuccess ? Outcome.Handled : outcome;
        var result = told switch
        {
            Outcome.Handled => ProcessingResult.Handled(),
            Outcome.Filtered => ProcessingResult.Filtered(),
            Outcome.Stopped => ProcessingResult.Stopped(1, Handling.Poison),
            _ => ProcessingResult.Unfinished(1),
        };
        if (member.Transactions is { } transactions)
        {
            // The attempt has produced something, whatever has become of it.
            var output = transactions.OutputOf(handling.Delivery);
            var kept = world.Mutation == Mutation.FailedAttemptIsKept ? handling.Delivery.Entry.LastOutput : null;
            handling.Delivery.Entry.LastOutput = result.Outcome is Outcome.Handled or Outcome.Filtered ? null : output;
            result = result.Outcome is Outcome.Handled or Outcome.Filtered ? result with { Output = MemberTransactions.Join(kept, output) } : result;
        }

        var lane = handling.Lane;
        var step = lane.Assignment.Finish(lane, result, !IsForBatches && world.Random.Chance(80), out var next);
        if (step == LaneStep.Run && world.Mutation == Mutation.EndIsToldTwice && world.Random.Chance(2))
        {
            step = lane.Assignment.Finish(lane, result, mayContinue: true, out next);
        }

        Follow(lane, step, next);
    }
}
