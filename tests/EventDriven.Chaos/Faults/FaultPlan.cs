namespace EventDriven.Chaos.Faults;

/// <summary>
/// What is injected, by seed: three tracks that run beside each other, of workers, of brokers and of load. Each deals its kinds from a shuffled deck, so that every kind comes
/// before one comes again. Only one broker is away at a time: with two of three gone nothing could be written, and nothing shown.
/// </summary>
internal sealed class FaultPlan(int seed)
{
    private static readonly FaultKind[] s_workers =
    [
        FaultKind.WorkerKilled, FaultKind.WorkerFrozenForLong, FaultKind.ScaledOut, FaultKind.WorkerStopped, FaultKind.WorkerKilled,
        FaultKind.OffsetsReset, FaultKind.WorkerFrozen, FaultKind.ScaledIn, FaultKind.WorkersRolled,
    ];

    private static readonly FaultKind[] s_brokers = [FaultKind.BrokerKilled, FaultKind.BrokerFrozen, FaultKind.BrokersRolled];

    private static readonly FaultKind[] s_load = [FaultKind.Burst, FaultKind.SlowHandlers, FaultKind.FailingHandlers, FaultKind.PartitionsAdded];

    public IEnumerable<PlannedFault> Workers => Deal(new Random(seed), s_workers, leastPause: 2, mostPause: 6);

    public IEnumerable<PlannedFault> Brokers => Deal(new Random(seed + 1), s_brokers, leastPause: 8, mostPause: 16);

    public IEnumerable<PlannedFault> Load => Deal(new Random(seed + 2), s_load, leastPause: 4, mostPause: 12);

    private static IEnumerable<PlannedFault> Deal(Random random, FaultKind[] kinds, int leastPause, int mostPause)
    {
        while (true)
        {
            FaultKind[] deck = [.. kinds];
            random.Shuffle(deck);
            foreach (var kind in deck)
            {
                var (least, most) = Lasts(kind);
                yield return new PlannedFault(kind, Between(random, leastPause, mostPause), Between(random, least, most), random.Next());
            }
        }
    }

    private static (double Least, double Most) Lasts(FaultKind kind) => kind switch
    {
        FaultKind.WorkerKilled or FaultKind.WorkerStopped => (0, 4),
        FaultKind.WorkerFrozen => (0.5, 4),
        FaultKind.WorkerFrozenForLong => (9, 15),
        FaultKind.ScaledOut or FaultKind.ScaledIn => (4, 10),
        FaultKind.BrokerKilled => (2, 8),
        FaultKind.BrokerFrozen => (2, 12),
        FaultKind.SlowHandlers or FaultKind.FailingHandlers => (4, 10),
        _ => (0, 0),
    };

    private static TimeSpan Between(Random random, double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));
}
