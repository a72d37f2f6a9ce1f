using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>The resident memory of a consumer that is far behind and slow: it must stay flat, inside the configured budget.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    private const int BudgetBytes = 128 * 1024 * 1024;
    private const double Mebi = 1024 * 1024;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    public string Name => "memory";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        if (run.IsEmbedded)
        {
            run.Say("memory: skipped, it needs a real broker: --bootstrap-servers");
            yield break;
        }

        var events = run.Events(real: 10_000_000, embedded: 0);
        var value = new byte[100];
        var topic = await run.FillTopicAsync(8, events, _ => new Message<byte[]?, byte[]> { Value = value });
        GC.Collect();
        var before = ResidentBytes();

        var handled = 0L;
        using var ticker = new Ticker(TimeSpan.FromMilliseconds(1));
        using var host = run.CreateHost(services => services.AddEventConsumer(topic, Guid.NewGuid().ToString(), consumer => consumer
            .Unordered(maxConcurrency: 16)
            .Configure(options =>
            {
                options.MaxBufferedBytes = BudgetBytes;
                options.MaxBufferedRecords = 10_000_000;
            })
            .Handle<byte[]>(async (_, _) =>
            {
                await ticker.WaitAsync();
                Interlocked.Increment(ref handled);
            })));
        await host.StartAsync(run.Stopping);
        var samples = new List<double>();
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Duration;)
        {
            await Task.Delay(1_000, run.Stopping);
            samples.Add((ResidentBytes() - before) / Mebi);
            run.Say($"memory: {samples.Count} s, {handled:N0} handled, {samples[^1]:F0} MiB above the start");
        }

        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(topic);
        var secondHalf = samples.Skip(samples.Count / 2).ToArray();
        var budget = 2 * BudgetBytes / Mebi;
        yield return new Row
        {
            Name = Name,
            Unit = "MiB",
            Ours = samples.Max(),
            Raw = budget,
            Ratio = budget / samples.Max(),
            RatioMin = budget / samples.Max(),
            RatioMax = budget / samples.Min(),
            Note = $"raw is the budget: {BudgetBytes / Mebi:F0} MiB of records, and as much again for the client's prefetch; the second half of the minute stayed between {secondHalf.Min():F0} and {secondHalf.Max():F0} MiB, {events:N0} records behind",
        };
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
