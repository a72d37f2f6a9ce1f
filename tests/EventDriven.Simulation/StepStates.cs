namespace EventDriven.Simulation;

/// <summary>Where every source of chance stood at the beginning of each step of a schedule, and of its end: by that any choice of its steps can be run, each as it was.</summary>
internal sealed class StepStates
{
    private readonly List<(ulong Random, ulong Extra, ulong Trouble, ulong Rebalances, ulong Strandings, ulong Failing, ulong Transactions)> _states = [];

    /// <summary>How many steps were begun, the end included.</summary>
    public int Count => _states.Count;

    public void Save(World world) => _states.Add((world.Random.State, world.Extra.State, world.Trouble.State, world.Rebalances.State, world.Strandings.State, world.Schedule.Failing?.Random.State ?? 0, world.Schedule.Transactions?.Random.State ?? 0));

    public void Restore(World world, int step)
    {
        var state = _states[step];
        (world.Random.State, world.Extra.State, world.Trouble.State, world.Rebalances.State, world.Strandings.State) = (state.Random, state.Extra, state.Trouble, state.Rebalances, state.Strandings);
        world.Schedule.Failing?.Random.State = state.Failing;
        world.Schedule.Transactions?.Random.State = state.Transactions;
    }
}
