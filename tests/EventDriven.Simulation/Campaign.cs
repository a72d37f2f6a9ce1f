using System.Collections.Concurrent;

namespace EventDriven.Simulation;

/// <summary>Many schedules, side by side on all cores. Which seeds fail does not depend on how many run at once.</summary>
internal static class Campaign
{
    /// <summary>Runs the schedules of consecutive seeds until one fails.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="mutation">The deliberate bug to switch on.</param>
    /// <param name="variant">What is not left to the seeds.</param>
    /// <param name="progress">Called now and then with how many have passed.</param>
    /// <returns>The failure with the lowest seed among those found, with its trace; null where all passed.</returns>
    public static Failure? Run(ulong first, long count, Mutation mutation = Mutation.None, Variant variant = default, Action<long>? progress = null)
    {
        const int Block = 500;
        var failed = long.MaxValue;
        long passed = 0;
        var found = new ConcurrentDictionary<long, Failure>();
        Parallel.ForEach(Partitioner.Create(0, count, Block), (range, state) =>
        {
            for (var i = range.Item1; i < range.Item2 && i < Volatile.Read(ref failed); i++)
            {
                if (Simulation.Run(first + (ulong)i, mutation, variant: variant) is not { } failure)
                {
                    continue;
                }

                found[i] = failure;

                long seen;
                while (i < (seen = Volatile.Read(ref failed)) && Interlocked.CompareExchange(ref failed, i, seen) != seen)
                {
                }

                state.Break();
            }

            progress?.Invoke(Interlocked.Add(ref passed, range.Item2 - range.Item1));
        });

        // A failure that does not come again is one all the same.
        return failed == long.MaxValue ? null : Simulation.Run(first + (ulong)failed, mutation, trace: true, variant) ?? found[failed];
    }
}
