namespace EventDriven.Simulation;

/// <summary>Many schedules, side by side on all cores. Which seeds fail does not depend on how many run at once.</summary>
internal static class Campaign
{
    /// <summary>How many schedules a thread takes at a time.</summary>
    private const int Block = 50;

    /// <summary>Runs the schedules of consecutive seeds until one fails.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="mutation">The deliberate bug to switch on.</param>
    /// <param name="variant">What is not left to the seeds.</param>
    /// <param name="progress">Called now and then with how many have passed, from any thread.</param>
    /// <param name="time">After how long no more are begun; null for no limit.</param>
    /// <returns>How many were run, and the failure with the lowest seed among those found; null where all passed.</returns>
    public static CampaignResult Run(
        ulong first, long count, Mutation mutation = Mutation.None, Variant variant = default, Action<long>? progress = null, TimeSpan? time = null)
    {
        var until = time is { } limit ? Environment.TickCount64 + (long)limit.TotalMilliseconds : long.MaxValue;
        var gate = new Lock();
        var (next, passed) = (0L, 0L);
        Failure? found = null;

        // Threads of their own: those of the pool are needed by what goes on on other threads, and is waited for.
        var threads = new Thread[Environment.ProcessorCount];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Work) { IsBackground = true };
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        return new CampaignResult(passed, found);

        void Work()
        {
            while (Environment.TickCount64 < until)
            {
                long from;
                lock (gate)
                {
                    from = next;
                    next = count - from > Block ? from + Block : count;
                    if (from == next || found?.Seed < first + (ulong)from)
                    {
                        return;
                    }
                }

                var to = count - from > Block ? from + Block : count;
                for (var i = from; i < to; i++)
                {
                    if (Simulation.Run(first + (ulong)i, mutation, variant: variant) is { } failure)
                    {
                        lock (gate)
                        {
                            found = found is null || failure.Seed < found.Seed ? failure : found;
                        }

                        return;
                    }
                }

                lock (gate)
                {
                    passed += to - from;
                }

                progress?.Invoke(passed);
            }
        }
    }
}
