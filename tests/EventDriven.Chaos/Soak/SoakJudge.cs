using EventDriven.Chaos.Driving;

namespace EventDriven.Chaos.Soak;

/// <summary>Fits straight lines to what the members used and did, and says which of them rise or fall. One number says little: a leak is a slope.</summary>
internal static class SoakJudge
{
    /// <summary>The first part is left out: code is compiled, buffers and pools come to their size.</summary>
    private const double WarmUp = 0.25;

    /// <summary>Seconds for which one value is taken.</summary>
    private const int Bucket = 5;

    public static IReadOnlyList<Slope> Judge(RunResult result)
    {
        var from = result.Begin + (long)((result.Quiet - result.Begin) * WarmUp);
        var vitals = result.Logs.Vitals.Where(vital => vital.At >= from && vital.At <= result.Quiet).ToList();
        var seconds = (From: from / Monotonic.Second, To: result.Quiet / Monotonic.Second);
        var throughput = result.Logs.PerSecond.Where(pair => pair.Key.Second >= seconds.From && pair.Key.Second < seconds.To)
            .GroupBy(pair => (pair.Key.Second - seconds.From) / Bucket).Where(bucket => bucket.Key < (seconds.To - seconds.From) / Bucket)
            .Select(bucket => (At: (double)bucket.Key, Value: bucket.Sum(static pair => pair.Value) / (double)Bucket));
        var latencies = result.Logs.Latencies.Where(pair => pair.Key >= seconds.From && pair.Key < seconds.To)
            .GroupBy(pair => (pair.Key - seconds.From) / Bucket, static pair => pair.Value)
            .Select(static bucket => (At: (double)bucket.Key, Values: bucket.SelectMany(static values => values).Order().ToArray())).ToList();
        return
        [
            Fit("Memory of a member", "MB", vitals.Select(static vital => ((double)vital.At, vital.WorkingSet / 1e6)), 0.10),
            Fit("Managed heap of a member", "MB", vitals.Select(static vital => ((double)vital.At, vital.Managed / 1e6)), 0.25),
            Fit("Handles of a member", "", vitals.Select(static vital => ((double)vital.At, (double)vital.Handles)), 0.05),
            Fit("Threads of a member", "", vitals.Select(static vital => ((double)vital.At, (double)vital.Threads)), 0.10),
            Fit("Finished events a second", "", throughput, 0.05, isMoreWorse: false),
            Fit("Median time from production to handler", "ms", latencies.Select(static bucket => (bucket.At, At(bucket.Values, 0.5))), 0.5),
            Fit("99th percentile of it", "ms", latencies.Select(static bucket => (bucket.At, At(bucket.Values, 0.99))), 1),
        ];
    }

    /// <summary>The line of least squares through points, at the first and at the last of them.</summary>
    public static Slope Fit(string name, string unit, IEnumerable<(double At, double Value)> points, double limit, bool isMoreWorse = true)
    {
        var all = points.ToList();
        if (all.Count < 3)
        {
            throw new InvalidOperationException($"'{name}' has {all.Count} values: the soak was too short for a slope.");
        }

        var (meanAt, meanValue) = (all.Average(static point => point.At), all.Average(static point => point.Value));
        var spread = all.Sum(point => (point.At - meanAt) * (point.At - meanAt));
        var rise = spread == 0 ? 0 : all.Sum(point => (point.At - meanAt) * (point.Value - meanValue)) / spread;
        return new Slope(name, unit, Line(all.Min(static point => point.At)), Line(all.Max(static point => point.At)), limit, isMoreWorse);

        double Line(double at) => meanValue + (rise * (at - meanAt));
    }

    private static double At(long[] sorted, double part) => sorted[(int)((sorted.Length - 1) * part)] / 1e3;
}
