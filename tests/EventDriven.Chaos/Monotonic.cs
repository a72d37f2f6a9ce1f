using System.Diagnostics;

namespace EventDriven.Chaos;

/// <summary>
/// Microseconds of the system's monotonic clock, which is one for all processes of a machine: what the logs of several processes are put in order by.
/// </summary>
internal static class Monotonic
{
    public const long Second = 1_000_000;

    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency));

    public static double Seconds(long microseconds) => microseconds / 1e6;
}
