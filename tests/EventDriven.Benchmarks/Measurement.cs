using System.Diagnostics;

namespace EventDriven.Benchmarks;

/// <summary>One run of one side.</summary>
/// <param name="Rate">Events a second.</param>
/// <param name="BytesPerEvent">Managed bytes allocated for an event, by the whole process.</param>
internal readonly record struct Measurement(double Rate, double BytesPerEvent)
{
    /// <summary>Measures from now on.</summary>
    public static Running Start() => new(GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());

    internal readonly record struct Running(long Allocated, long StartedAt)
    {
        public Measurement Stop(long events)
        {
            var elapsed = Stopwatch.GetElapsedTime(StartedAt);
            return new Measurement(events / elapsed.TotalSeconds, (GC.GetTotalAllocatedBytes(precise: true) - Allocated) / (double)events);
        }
    }
}
