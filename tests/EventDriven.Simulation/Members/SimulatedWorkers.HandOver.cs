using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <content>What follows when the attempts in place are over: the next step of the policy, taken by the real chain, while the lane waits without a worker.</content>
internal sealed partial class SimulatedWorkers
{
    private readonly List<HandingOver> _handOvers = [];
    private readonly AsyncLocal<HandingOver?> _current = new();

    private long NextHandOver => _handOvers.Exists(static handOver => handOver.HasNews || handOver.Task.IsCompleted) ? world.Time.Now + 1 : long.MaxValue;

    /// <summary>The hand-over whose code runs: one event may have several, from its source and from retry topics.</summary>
    public HandingOver? CurrentHandOver => _current.Value;

    private void FollowHandOvers()
    {
        for (var i = 0; i < _handOvers.Count; i++)
        {
            var handOver = _handOvers[i];
            handOver.Hear();
            if (handOver.Task.IsCompleted)
            {
                _handOvers.RemoveAt(i);
                EndHandOver(handOver, handOver.Task.GetAwaiter().GetResult());
                i = -1;
            }
        }
    }

    private void HandOver(Lane lane, Delivery delivery, ConsumedRecord record, EventFailure failure)
    {
        var handOver = new HandingOver(lane, delivery, failure);
        _handOvers.Add(handOver);
        _current.Value = handOver;
        handOver.Task = member.Chain.NextAsync(record, failure, handOver.Tokens).AsTask();
        _current.Value = null;
        if (world.Mutation == Mutation.HandOverIsToldEarly)
        {
            _handOvers.Remove(handOver);
            EndHandOver(handOver, ProcessingResult.HandedOver(failure, world.Oracle.ExpectedOutcome(delivery, failure.Class)));
        }
    }

    private void EndHandOver(HandingOver handOver, ProcessingResult result)
    {
        _lastChange = world.Time.Now;
        if (result.Outcome == Outcome.Unfinished && world.Mutation == Mutation.HandOverIsGivenUp)
        {
            result = ProcessingResult.HandedOver(handOver.Failure, world.Oracle.ExpectedOutcome(handOver.Delivery, handOver.Failure.Class));
        }

        world.Trace?.Add($"{member.Name} ends {handOver.Delivery.Epoch.Log.Index}@{handOver.Delivery.Entry.Offset}: {result.Outcome}");
        world.Oracle.OnHandedOver(handOver, result.Outcome);
        EndRecord(handOver.Delivery, result.Outcome);
        var lane = handOver.Lane;
        if (lane.Assignment.Finish(lane, result, mayContinue: false, out _) == LaneStep.Requeue)
        {
            Enqueue(lane);
        }
    }
}
