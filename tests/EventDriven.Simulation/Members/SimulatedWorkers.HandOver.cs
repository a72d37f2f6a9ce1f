using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <content>What follows when the attempts in place are over: the next step of the policy, taken by the real chain, while the lane waits without a worker.</content>
internal sealed partial class SimulatedWorkers
{
    private readonly List<HandingOver> _handOvers = [];

    private long NextHandOver => _handOvers.Exists(static handOver => handOver.HasNews) ? world.Time.Now + 1 : long.MaxValue;

    private void TellHandOvers()
    {
        for (var i = 0; i < _handOvers.Count; i++)
        {
            // What hears of it may end here and leave the list.
            if (_handOvers[i].HasNews)
            {
                _handOvers[i].Hear();
                i = -1;
            }
        }
    }

    private async void HandOver(Lane lane, Delivery delivery, ConsumedRecord record, EventFailure failure)
    {
        var handOver = new HandingOver(lane, delivery, failure);
        _handOvers.Add(handOver);
        try
        {
            if (world.Mutation == Mutation.HandOverIsToldEarly)
            {
                _ = member.Chain.NextAsync(record, failure, handOver.Tokens).AsTask();
                EndHandOver(handOver, ProcessingResult.HandedOver(failure, world.Oracle.ExpectedOutcome(delivery, failure.Class)));
                return;
            }

            EndHandOver(handOver, await member.Chain.NextAsync(record, failure, handOver.Tokens).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            world.Note(exception);
        }
    }

    private void EndHandOver(HandingOver handOver, ProcessingResult result)
    {
        _handOvers.Remove(handOver);
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
