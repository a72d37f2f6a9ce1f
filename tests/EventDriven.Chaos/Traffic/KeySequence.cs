namespace EventDriven.Chaos.Traffic;

/// <summary>Chooses keys, some hotter than others, and numbers the events of each.</summary>
internal sealed class KeySequence(Random random)
{
    private const int Keys = 60;
    private const double WithoutKey = 0.02;

    private readonly long[] _numbers = new long[Keys + 1];

    public (string? Key, long Number) Next()
    {
        if (random.NextDouble() < WithoutKey)
        {
            return (null, ++_numbers[Keys]);
        }

        // The product of two is small more often than not.
        var key = (int)(random.NextDouble() * random.NextDouble() * Keys);
        return ($"key-{key}", ++_numbers[key]);
    }
}
