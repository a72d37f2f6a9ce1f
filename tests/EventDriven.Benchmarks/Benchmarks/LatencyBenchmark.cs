using System.Buffers.Binary;
using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>From the call that produces an event to its handler, one event after the other; against the raw client's <c>Produce</c> and <c>Consume</c>. Nothing lingers.</summary>
internal sealed class LatencyBenchmark : IBenchmark
{
    public string Name => "latency";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 2_000, embedded: 2_000);
        var ours = new List<double[]>();
        var raw = new List<double[]>();
        for (var round = 0; round <= run.Options.Rounds; round++)
        {
            var oursRound = await OursAsync(run, events);
            var rawRound = await RawAsync(run, events);
            run.Say($"latency: round {round} of {run.Options.Rounds}{(round == 0 ? ", not counted" : "")}");
            if (round == 0) continue;

            ours.Add(oursRound);
            raw.Add(rawRound);
        }

        yield return RowOf("latency-p50", 0.50, ours, raw);
        yield return RowOf("latency-p99", 0.99, ours, raw);
    }

    private static Row RowOf(string name, double quantile, List<double[]> ours, List<double[]> raw)
    {
        var ratios = ours.Zip(raw, (o, r) => At(r, quantile) / At(o, quantile)).ToArray();
        return new Row
        {
            Name = name,
            Unit = "ms",
            Ours = Comparison.Median(ours.Select(round => At(round, quantile))),
            Raw = Comparison.Median(raw.Select(round => At(round, quantile))),
            Ratio = Comparison.Median(ratios),
            RatioMin = ratios.Min(),
            RatioMax = ratios.Max(),
        };
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];

    private static async Task<double[]> OursAsync(BenchmarkRun run, int events)
    {
        var topic = await run.CreateTopicAsync(1);
        using var arrived = new SemaphoreSlim(0);
        var latencies = new List<double>(events);
        using var host = run.CreateHost(services => services
            .AddEventProducer<byte[]>(topic, p => p.WithoutCloudEvents().Configure(options => options.Linger = TimeSpan.Zero))
            .AddEventConsumer(topic, Guid.NewGuid().ToString(), consumer => consumer.Handle<byte[]>((value, _) =>
            {
                latencies.Add(Since(value));
                arrived.Release();
                return ValueTask.CompletedTask;
            })));
        await host.StartAsync(run.Stopping);
        var producer = host.Services.GetRequiredService<IEventProducer<byte[]>>();
        for (var i = 0; i <= events; i++)
        {
            await producer.EnqueueAsync(Now(), onCompleted: null, cancellationToken: run.Stopping);
            await arrived.WaitAsync(run.Stopping);
        }

        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(topic);
        return Sorted(latencies);
    }

    private static async Task<double[]> RawAsync(BenchmarkRun run, int events)
    {
        var topic = await run.CreateTopicAsync(1);
        using var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = run.BootstrapServers,
            EnableIdempotence = true,
            LingerMs = 0,
        }).Build();
        using var arrived = new SemaphoreSlim(0);
        var latencies = new List<double>(events);
        var consuming = Task.Factory.StartNew(
            () =>
            {
                using var consumer = new ConsumerBuilder<byte[]?, byte[]>(run.RawConsumerSettings()).Build();
                consumer.Subscribe(topic);
                while (latencies.Count <= events)
                {
                    var record = consumer.Consume(run.Stopping);
                    if (record.IsPartitionEOF) continue;

                    latencies.Add(Since(record.Message.Value));
                    arrived.Release();
                }

                consumer.Close();
            },
            run.Stopping,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (var i = 0; i <= events; i++)
        {
            producer.Produce(topic, new Message<byte[]?, byte[]> { Value = Now() });
            await arrived.WaitAsync(run.Stopping);
        }

        await consuming;
        await run.DeleteTopicAsync(topic);
        return Sorted(latencies);
    }

    private static byte[] Now()
    {
        var value = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(value, Stopwatch.GetTimestamp());
        return value;
    }

    private static double Since(byte[] value) => Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(value)).TotalMilliseconds;

    /// <summary>The first event waits for the group to form: it is left out.</summary>
    private static double[] Sorted(List<double> latencies) => [.. latencies.Skip(1).Order()];
}
