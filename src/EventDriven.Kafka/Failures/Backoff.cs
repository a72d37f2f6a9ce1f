namespace EventDriven.Kafka.Failures;

/// <summary>Pauses that double up to a limit, each shortened at random by up to half, so that those who failed together do not come back together.</summary>
/// <param name="first">The longest first pause.</param>
/// <param name="longest">The longest of all.</param>
/// <param name="random">Numbers from 0 to below 1.</param>
internal struct Backoff(TimeSpan first, TimeSpan longest, Func<double> random)
{
    /// <summary>For what may take a while to come back: about 1 second at first, 30 at most.</summary>
    public static Backoff OfHold(Func<double> random) => new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), random);

    private TimeSpan _next = first;

    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < longest ? pause * 2 : longest;
        return pause - (pause / 2 * random());
    }
}
