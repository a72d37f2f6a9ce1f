using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Traffic;

/// <summary>How much is produced, and what the events do: what the faults of the load change. Thread-safe.</summary>
internal sealed class Load(int rate)
{
    private volatile bool _isSlow;
    private volatile bool _isFailing;
    private int _bursts;

    /// <summary>Events a second for each topic.</summary>
    public int Rate => rate;

    public bool IsSlow { get => _isSlow; set => _isSlow = value; }

    public bool IsFailing { get => _isFailing; set => _isFailing = value; }

    /// <summary>How many bursts there were.</summary>
    public int Bursts => Volatile.Read(ref _bursts);

    public void Burst() => Interlocked.Increment(ref _bursts);

    /// <summary>The next event of a key.</summary>
    public ChaosEvent Next(Random random, string? key, long number)
    {
        var chance = random.NextDouble();
        var (always, some, slow) = (IsFailing ? 0.005 : 0.001, IsFailing ? 0.05 : 0.005, IsSlow ? 0.5 : 0.05);
        return new ChaosEvent
        {
            Key = key,
            Number = number,
            Fails = chance < always ? ChaosEvent.Always : chance < always + some ? random.Next(1, 3) : 0,
            Filtered = chance > 0.99,
            DelayMs = random.NextDouble() < slow ? random.Next(1, IsSlow ? 80 : 20) : 0,
            At = Monotonic.Now,
        };
    }
}
