using System.Runtime.InteropServices;
using System.Text.Json;

namespace EventDriven.Benchmarks;

/// <summary>What a console project with benchmarks does: runs those that the command line names, prints their rows, writes them as JSON.</summary>
internal static class BenchmarkProgram
{
    /// <param name="args">The command line.</param>
    /// <param name="usage">What is printed where it makes no sense.</param>
    /// <param name="others">The name of the other side.</param>
    /// <param name="all">The benchmarks there are.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, string usage, string others, IBenchmark[] all)
    {
        var options = BenchmarkOptions.Parse(args);
        IBenchmark[] chosen = options is null ? [] : [.. all.Where(benchmark => options.Name == "all" || benchmark.Name == options.Name)];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine(usage);
            return 2;
        }

        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });
        await using var run = new BenchmarkRun(options!, stopping.Token);
        var rows = new List<Row>();
        try
        {
            Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {RuntimeInformation.OSDescription}, {(run.IsEmbedded ? "embedded Kafka" : "a real broker")}");
            Console.WriteLine($"{"",-22}{"ours",12}{others,12} {"",-9}{"ratio",7}{"min",7}{"max",7}{"bytes",8}{others,7}");
            foreach (var benchmark in chosen)
            {
                await foreach (var row in benchmark.RunAsync(run))
                {
                    rows.Add(row);
                    var format = row.Unit == "events/s" ? "N0" : "N2";
                    Console.WriteLine(
                        $"{row.Name,-22}{row.Ours.ToString(format),12}{row.Raw.ToString(format),12} {row.Unit,-9}{row.Ratio,7:F2}{row.RatioMin,7:F2}{row.RatioMax,7:F2}{row.BytesPerEvent,8:F0}{row.RawBytesPerEvent,7:F0}");
                    if (row.Note is not null) Console.WriteLine($"    {row.Note}");
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted: what was measured until then is above.");
        }

        if (options!.Json is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, RowsJson.Default.ListRow));
        return stopping.IsCancellationRequested ? 130 : 0;
    }
}
