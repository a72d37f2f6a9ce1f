using EventDriven.Kafka.Consuming;

namespace EventDriven.Simulation.Members;

/// <summary>Waits by letting the world go on: other workers, and other members, until the condition holds or the time is over.</summary>
internal sealed class SimulatedDrain(World world, SimulatedMember member) : IDrainSignal
{
    /// <summary>Time that passed inside other members while this one waited: not part of its own waiting.</summary>
    public long Elsewhere { get; set; }

    /// <summary>Whether a drain is under way.</summary>
    public bool IsWaiting { get; private set; }

    public void Set()
    {
    }

    public bool Wait(Func<bool> condition, TimeSpan timeout)
    {
        if (world.Mutation == Mutation.DrainEndsAtOnce)
        {
            return true;
        }

        IsWaiting = true;
        try
        {
            return WaitFor(condition, timeout);
        }
        finally
        {
            IsWaiting = false;
        }
    }

    private bool WaitFor(Func<bool> condition, TimeSpan timeout)
    {
        var until = world.Time.Now + (long)timeout.TotalMilliseconds;
        while (true)
        {
            if (condition() && world.Mutation != Mutation.DrainNeverEnds)
            {
                return true;
            }

            if (world.Mutation == Mutation.DrainLeavesGaps && !member.Workers.IsBusy)
            {
                return true;
            }

            if (world.Time.Now >= until)
            {
                return false;
            }

            world.AdvanceToNext(until);
            if (world.Random.Chance(20))
            {
                var before = world.Time.Now;
                world.StepOther(member);
                Elsewhere += world.Time.Now - before;
            }
        }
    }
}
