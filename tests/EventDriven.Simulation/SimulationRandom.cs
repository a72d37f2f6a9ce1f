namespace EventDriven.Simulation;

/// <summary>The only source of chance in a schedule: the same seed gives the same numbers on every machine and runtime (SplitMix64).</summary>
internal sealed class SimulationRandom(ulong seed)
{
    /// <summary>Where it stands: all that decides the numbers that follow.</summary>
    public ulong State { get; set; } = seed * 0xD1342543DE82EF95UL;

    /// <summary>A number from 0 up to, and without, a maximum.</summary>
    public int Next(int max) => (int)(((NextBits() >> 32) * (ulong)max) >> 32);

    /// <summary>A number from one bound to the other, both included.</summary>
    public int Between(int low, int high) => low + Next(high - low + 1);

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Next(choices.Length)];

    private ulong NextBits()
    {
        var z = State += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
