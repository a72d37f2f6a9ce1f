using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Benchmarks;

/// <summary>What parked events cost: before the first event of a partition starts, and the events of other keys.</summary>
internal sealed class ParkedBenchmark : IBenchmark
{
    private const int ParkedKeys = 100_000;
    private const int HealthyKeys = 10_000;
    private const int KeysBesideHealthy = 1_000;
    private const int ReadBytes = 1024 * 1024;

    // So that nothing that is parked runs meanwhile.
    private static readonly TimeSpan Later = TimeSpan.FromDays(20);

    public string Name => "parked";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var parked = run.Events(real: 1_000_000, embedded: 5_000);
        var source = await run.FillTopicAsync(1, 1, static _ => new Message<byte[]?, byte[]> { Key = "healthy"u8.ToArray(), Value = [1] });
        var group = Guid.NewGuid().ToString();
        var topic = await FillParkedAsync(run, source, group, parked, ParkedKeys);
        var about = string.Create(CultureInfo.InvariantCulture, $"{parked:N0} parked records of {Math.Min(ParkedKeys, parked):N0} keys");
        var read = await Comparison.RunAsync(run, "parked-read", () => ReadAsync(run, source, topic, group, parked), () => RawAsync(run, topic, parked));
        yield return read with { Note = string.Create(CultureInfo.InvariantCulture, $"{about} in {parked / read.Ours:F1} s, the raw loop in {parked / read.Raw:F1} s") };

        var rebuild = await Comparison.RunAsync(run, "parked-rebuild", () => RebuildAsync(run, source, group, parked), () => RawAsync(run, topic, parked));
        yield return rebuild with { Note = string.Create(CultureInfo.InvariantCulture, $"{about}: from the start of the host to the index in {parked / rebuild.Ours:F1} s") };
        await run.DeleteTopicAsync(topic);
        await run.DeleteTopicAsync(source);

        var events = run.Events(real: 1_000_000, embedded: 50_000);
        var healthy = await run.FillTopicAsync(1, events, static i => new Message<byte[]?, byte[]>
        {
            Key = Encoding.UTF8.GetBytes((i * 7_919L % HealthyKeys).ToString(CultureInfo.InvariantCulture)),
            Value = Order.Json(i),
        });
        yield return await Comparison.RunAsync(
            run, "parked-healthy", () => HandleAsync(run, healthy, events, KeysBesideHealthy), () => HandleAsync(run, healthy, events, 0));
        await run.DeleteTopicAsync(healthy);
    }

    /// <summary>A parked topic as the engine leaves it behind: a claim, and events of which the first of each key has failed and the others wait behind it.</summary>
    private static Task<string> FillParkedAsync(BenchmarkRun run, string source, string group, int events, int keys)
    {
        var codec = new ParkedEntryCodec(group, source);
        var due = (TimeProvider.System.GetUtcNow() + Later).ToUnixTimeMilliseconds();
        return run.FillTopicAsync(
            1,
            events + 1,
            i =>
            {
                var entry = i == 0 ? new ParkedEntry { Kind = ParkedEntryKind.Claim, ClaimId = Guid.NewGuid() } : new ParkedEntry
                {
                    Kind = ParkedEntryKind.Parked,
                    Id = new EntryId(0, i),
                    Key = Encoding.UTF8.GetBytes($"customer-{i % keys}"),
                    Value = Order.Json(i),
                    OriginalPartition = new PartitionId(source, 0),
                    OriginalOffset = 1_000_000_000 + i,
                    OriginalTimestampMs = 1_700_000_000_000,
                    StepIndex = i <= keys ? 0 : -1,
                    Attempts = i <= keys ? 4 : 0,
                    DueAtMs = i <= keys ? due : 0,
                };
                return new Message<byte[]?, byte[]> { Key = entry.Key, Value = entry.Value!, Headers = codec.WriteHeaders(entry) };
            },
            $"{group}--{source}--parked");
    }

    /// <summary>The log alone.</summary>
    private static async Task<Measurement> ReadAsync(BenchmarkRun run, string source, string topic, string group, int events)
    {
        using var host = run.CreateHost(services => services.AddEventConsumer(source, group, static consumer => consumer.Handle<byte[]>(static (_, _) => ValueTask.CompletedTask)));
        var consumer = host.Services.GetRequiredService<ConsumerSettingsComposer>().Compose(host.Services.GetServices<ConsumerRegistration>().Single(), [])!;
        await using var logs = host.Services.GetRequiredService<ParkedLogs>().For(consumer, NullLogger.Instance, _ => topic);
        using var log = logs.Open(new PartitionId(source, 0));
        var running = Measurement.Start();
        var (next, end) = await log.GetBoundsAsync(run.Stopping);
        var parked = 0;
        while (next < end)
        {
            var read = await log.ReadAsync(ParkedLogCursor.Tail, next, ReadBytes, TimeSpan.Zero, run.Stopping);
            foreach (var record in read.Records) parked += record.Entry.Kind == ParkedEntryKind.Parked ? 1 : 0;
            next = read.Next;
        }

        return parked == events ? running.Stop(events) : throw new InvalidOperationException($"{parked} of {events} entries were understood.");
    }

    /// <summary>A host from its start until the partition may start: joining the group, index and claim included.</summary>
    private static async Task<Measurement> RebuildAsync(BenchmarkRun run, string source, string group, int events)
    {
        using var host = run.CreateHost(services => services.AddEventConsumer(source, group, static consumer => consumer
            .InKeyOrder(maxConcurrency: 16)
            .Configure(static options =>
            {
                options.MaxParkedEvents = 10_000_000;
                options.MaxParkedBytes = 100L * 1024 * 1024 * 1024;
            })
            .OnFailure(static failures => failures.ThenRetryTopics("1h").KeepKeyOrder())
            .Handle<byte[]>(static (_, _) => ValueTask.CompletedTask)));
        var running = Measurement.Start();
        await host.StartAsync(run.Stopping);
        var engine = host.Services.GetRequiredService<EventDriven.Kafka.Hosting.HostedConsumers>().Get(group).Engine!;
        await engine.WaitUntilAsync(static state => state.Assignments is [{ Parking.IsComplete: true }], run.Stopping);
        var measurement = running.Stop(events);
        var found = engine.GetSnapshot().Assignments[0].Parking!.Entries;
        await host.StopAsync(CancellationToken.None);
        return found == events ? measurement : throw new InvalidOperationException($"{found} of {events} events are in the index.");
    }

    /// <summary>Events of healthy keys through the engine, beside others that are parked.</summary>
    private static async Task<Measurement> HandleAsync(BenchmarkRun run, string source, int events, int parked)
    {
        var group = Guid.NewGuid().ToString();
        var topic = await FillParkedAsync(run, source, group, parked, Math.Max(parked, 1));
        var countdown = new Countdown(events);
        using var host = run.CreateHost(services => services.AddEventConsumer(source, group, consumer => consumer
            .InKeyOrder(maxConcurrency: 16)
            .OnFailure(static failures => failures.ThenRetryTopics("1h").KeepKeyOrder())
            .Handle<byte[]>((_, _) =>
            {
                countdown.Count();
                return ValueTask.CompletedTask;
            })));
        await host.StartAsync(run.Stopping);
        var measurement = await countdown.Done.WaitAsync(run.Stopping);
        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(topic);
        return measurement;
    }

    private static Task<Measurement> RawAsync(BenchmarkRun run, string topic, int events) => Task.Factory.StartNew(
        () =>
        {
            using var client = new ConsumerBuilder<byte[]?, byte[]>(run.RawConsumerSettings()).Build();
            client.Assign(new TopicPartitionOffset(topic, 0, 0));
            var running = Measurement.Start();
            for (var read = 0; read < events;) read += client.Consume(run.Stopping).IsPartitionEOF ? 0 : 1;
            return running.Stop(events);
        },
        run.Stopping,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
