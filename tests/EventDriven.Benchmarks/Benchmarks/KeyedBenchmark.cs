using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>10,000 keys on one partition, in key order, with a handler that awaits; against as many plain loops that await the same, without any Kafka.</summary>
internal sealed class KeyedBenchmark : IBenchmark
{
    private const int Keys = 10_000;

    public string Name => "keyed";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 300_000, embedded: 50_000);
        var topic = await run.FillTopicAsync(1, events, static i => new Message<byte[]?, byte[]>
        {
            Key = Encoding.UTF8.GetBytes((i * 7_919L % Keys).ToString(CultureInfo.InvariantCulture)),
            Value = [1],
        });
        yield return await CompareAsync(run, topic, events, concurrency: 100, TimeSpan.FromMilliseconds(1));
        yield return await CompareAsync(run, topic, events, concurrency: 1_000, TimeSpan.FromMilliseconds(4));
        await run.DeleteTopicAsync(topic);
    }

    private static async Task<Row> CompareAsync(BenchmarkRun run, string topic, int events, int concurrency, TimeSpan delay)
    {
        var oursMean = TimeSpan.Zero;
        var rawMean = TimeSpan.Zero;
        var row = await Comparison.RunAsync(
            run,
            $"keyed-{concurrency}",
            async () =>
            {
                using var ticker = new Ticker(delay);
                var measurement = await OursAsync(run, topic, events, concurrency, ticker);
                oursMean = ticker.Mean;
                return measurement;
            },
            async () =>
            {
                using var ticker = new Ticker(delay);
                var measurement = await RawAsync(events, concurrency, ticker);
                rawMean = ticker.Mean;
                return measurement;
            });
        return row with { Note = $"awaits {delay.TotalMilliseconds} ms; it took {oursMean.TotalMilliseconds:F2} ms in ours, {rawMean.TotalMilliseconds:F2} ms in raw" };
    }

    private static async Task<Measurement> OursAsync(BenchmarkRun run, string topic, int events, int concurrency, Ticker ticker)
    {
        var countdown = new Countdown(events);
        using var host = run.CreateHost(services => services.AddEventConsumer(topic, Guid.NewGuid().ToString(), consumer => consumer
            .InKeyOrder(concurrency)
            .Handle<byte[]>(async (_, _) =>
            {
                await ticker.WaitAsync();
                countdown.Count();
            })));
        await host.StartAsync(run.Stopping);
        var measurement = await countdown.Done.WaitAsync(run.Stopping);
        await host.StopAsync(CancellationToken.None);
        return measurement;
    }

    private static async Task<Measurement> RawAsync(int events, int concurrency, Ticker ticker)
    {
        var countdown = new Countdown(events);
        var started = 0;
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => LoopAsync()));
        return await countdown.Done;

        async Task LoopAsync()
        {
            while (Interlocked.Increment(ref started) <= events)
            {
                await ticker.WaitAsync();
                countdown.Count();
            }
        }
    }
}
