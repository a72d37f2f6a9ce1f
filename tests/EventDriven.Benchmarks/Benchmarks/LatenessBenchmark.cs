using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>
/// How late events of a retry topic are started that all wait when the consumer starts: due one after the other within ten seconds, and all at one moment. Against
/// what is wanted at most. One that is early fails the run.
/// </summary>
internal sealed class LatenessBenchmark : IBenchmark
{
    private const int Partitions = 8;
    private const double WantedMilliseconds = 1_000;

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(20);

    public string Name => "lateness";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 100_000, embedded: 50_000);
        foreach (var (name, spread) in new[] { ("lateness", TimeSpan.FromSeconds(10)), ("lateness-burst", TimeSpan.Zero) })
        {
            var rounds = new List<double[]>();
            for (var round = 1; round <= run.Options.Rounds; round++)
            {
                rounds.Add(await MeasureAsync(run, events, spread));
                run.Say($"{name}: round {round} of {run.Options.Rounds}: p99 {At(rounds[^1], 0.99):N1} ms");
            }

            yield return RowOf($"{name}-p50", 0.50, rounds);
            yield return RowOf($"{name}-p99", 0.99, rounds) with { Note = $"{events:N0} waiting; the latest {rounds.Max(static round => round[^1]):N0} ms" };
        }
    }

    private static async Task<double[]> MeasureAsync(BenchmarkRun run, int events, TimeSpan spread)
    {
        var source = await run.CreateTopicAsync(Partitions);
        var first = DateTimeOffset.UtcNow + Lead;
        var waiting = await run.FillTopicAsync(
            Partitions,
            events,
            i =>
            {
                var due = (first + (spread * (i / (double)events))).ToUnixTimeMilliseconds();
                var value = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(value, due);
                return new Message<byte[]?, byte[]>
                {
                    Value = value,
                    Headers = new Headers { { "eventdriven-due-at", Encoding.UTF8.GetBytes(due.ToString(CultureInfo.InvariantCulture)) } },
                };
            },
            $"{source}--retry-1m");
        if (DateTimeOffset.UtcNow > first - TimeSpan.FromSeconds(5)) throw new InvalidOperationException($"Filling the topic took too long: the events are due before the consumer has begun to read.");

        var lateness = new double[events];
        var next = -1;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = run.CreateHost(services => services.AddEventConsumer(source, Guid.NewGuid().ToString(), consumer => consumer
            .Unordered(16)
            .OnFailure(failure => failure.ThenRetryTopics("1m").NameTopics(static topic => topic))
            .Handle<byte[]>((value, _) =>
            {
                var late = (DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(value))).TotalMilliseconds;
                if (late < 0) done.TrySetException(new InvalidOperationException($"An event was started {-late} ms early."));

                var index = Interlocked.Increment(ref next);
                lateness[index] = late;
                if (index == events - 1) done.TrySetResult();
                return ValueTask.CompletedTask;
            })));
        await host.StartAsync(run.Stopping);
        await done.Task.WaitAsync(run.Stopping);
        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(waiting);
        await run.DeleteTopicAsync(source);
        Array.Sort(lateness);
        return lateness;
    }

    private static Row RowOf(string name, double quantile, List<double[]> rounds)
    {
        var values = rounds.ConvertAll(round => At(round, quantile));
        return new Row
        {
            Name = name,
            Unit = "ms",
            Ours = Comparison.Median(values),
            Raw = WantedMilliseconds,
            Ratio = WantedMilliseconds / Comparison.Median(values),
            RatioMin = WantedMilliseconds / values.Max(),
            RatioMax = WantedMilliseconds / values.Min(),
        };
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
}
