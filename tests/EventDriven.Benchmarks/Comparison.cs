namespace EventDriven.Benchmarks;

/// <summary>Runs both sides round by round, in turn, so that what the machine does meanwhile meets both.</summary>
internal static class Comparison
{
    public static async Task<Row> RunAsync(
        BenchmarkRun run, string name, Func<Task<Measurement>> ours, Func<Task<Measurement>> raw)
    {
        run.Say($"{name}: warming up");
        await ours();
        await raw();

        var oursRuns = new List<Measurement>();
        var rawRuns = new List<Measurement>();
        for (var round = 1; round <= run.Options.Rounds; round++)
        {
            run.Stopping.ThrowIfCancellationRequested();
            if (round % 2 == 0)
            {
                rawRuns.Add(await raw());
                oursRuns.Add(await ours());
            }
            else
            {
                oursRuns.Add(await ours());
                rawRuns.Add(await raw());
            }

            run.Say($"{name}: round {round} of {run.Options.Rounds}: ours {oursRuns[^1].Rate:N0}, raw {rawRuns[^1].Rate:N0}");
        }

        var ratios = oursRuns.Zip(rawRuns, static (o, r) => o.Rate / r.Rate).ToArray();
        return new Row
        {
            Name = name,
            Ours = Median(oursRuns.Select(static m => m.Rate)),
            Raw = Median(rawRuns.Select(static m => m.Rate)),
            Ratio = Median(ratios),
            RatioMin = ratios.Min(),
            RatioMax = ratios.Max(),
            BytesPerEvent = Median(oursRuns.Select(static m => m.BytesPerEvent)),
            RawBytesPerEvent = Median(rawRuns.Select(static m => m.BytesPerEvent)),
        };
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
