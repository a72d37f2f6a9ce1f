namespace EventDriven.Simulation;

/// <summary>What one seed decides beforehand about the transactions of consumers, and about the brokers that run them.</summary>
internal sealed class TransactionSchedule(SimulationRandom random)
{
    public SimulationRandom Random { get; } = random;

    /// <summary>After how many milliseconds brokers abort a transaction.</summary>
    public int Timeout { get; } = random.Pick([300, 2_000, 20_000]);

    /// <summary>After how many finished events a transaction is committed.</summary>
    public int CommitAfter { get; } = random.Pick([1, 3, 10, 1_000]);

    /// <summary>Percentages: how many calls take long, how many are not answered, or answered with an error, and how many of these end the client for good.</summary>
    public int Slow { get; } = random.Pick([0, 10, 40]);

    public int Faults { get; } = random.Pick([0, 0, 5, 20]);

    public int Fatal { get; } = random.Pick([0, 10]);

    /// <summary>How often processes freeze, against a weight of 100 for ordinary steps.</summary>
    public int Freezes { get; } = random.Pick([0, 0, 2, 6]);

    public override string ToString() => $"transactions of {Timeout} ms at most, committed after {CommitAfter}, calls slow {Slow} %, failing {Faults} %, for good {Fatal} %, freezes {Freezes}";
}
