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

/// <summary>What a partition reads before its first event starts where many events of many keys are parked, against the bare loop around the raw client's <c>Consume</c>.</summary>
internal sealed class ParkedBenchmark : IBenchmark
{
    private const int Keys = 100_000;
    private const string Group = "benchmark";
    private const string Source = "orders";
    private const int ReadBytes = 1024 * 1024;

    public string Name => "parked";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 1_000_000, embedded: 5_000);
        var codec = new ParkedEntryCodec(Group, Source);
        var topic = await run.FillTopicAsync(1, events, i =>
        {
            var entry = EntryOf(i);
            return new Message<byte[]?, byte[]> { Key = entry.Key, Value = entry.Value!, Headers = codec.WriteHeaders(entry) };
        });
        var row = await Comparison.RunAsync(run, "parked-rebuild", () => OursAsync(run, topic, events), () => RawAsync(run, topic, events));
        await run.DeleteTopicAsync(topic);
        yield return row with { Note = string.Create(CultureInfo.InvariantCulture, $"{events:N0} parked records of {Math.Min(Keys, events):N0} keys in {events / row.Ours:F1} s, the raw loop in {events / row.Raw:F1} s") };
    }

    private static ParkedEntry EntryOf(int i) => i == 0
        ? new ParkedEntry { Kind = ParkedEntryKind.Claim, ClaimId = Guid.NewGuid() }
        : new ParkedEntry
        {
            Kind = ParkedEntryKind.Parked,
            Id = new EntryId(0, i),
            Key = Encoding.UTF8.GetBytes($"customer-{i % Keys}"),
            Value = Order.Json(i),
            OriginalPartition = new PartitionId(Source, 0),
            OriginalOffset = i,
            OriginalTimestampMs = 1_700_000_000_000 + i,
            // The first of its key has failed, the others wait behind it.
            StepIndex = i < Keys ? 0 : -1,
            Attempts = i < Keys ? 4 : 0,
            DueAtMs = i < Keys ? 1_700_000_060_000 : 0,
        };

    private static async Task<Measurement> OursAsync(BenchmarkRun run, string topic, int events)
    {
        using var host = run.CreateHost(static services => services.AddEventConsumer(Source, Group, static consumer => consumer.Handle<byte[]>(static (_, _) => ValueTask.CompletedTask)));
        var consumer = host.Services.GetRequiredService<ConsumerSettingsComposer>().Compose(host.Services.GetServices<ConsumerRegistration>().Single(), [])!;
        await using var logs = host.Services.GetRequiredService<ParkedLogs>().For(consumer, NullLogger.Instance, _ => topic);
        using var log = logs.Open(new PartitionId(Source, 0));
        var running = Measurement.Start();
        var (next, end) = await log.GetBoundsAsync(run.Stopping);
        var parked = 0;
        while (next < end)
        {
            var read = await log.ReadAsync(ParkedLogCursor.Tail, next, ReadBytes, TimeSpan.Zero, run.Stopping);
            foreach (var record in read.Records) parked += record.Entry.Kind == ParkedEntryKind.Parked ? 1 : 0;
            next = read.Next;
        }

        var measurement = running.Stop(events);
        return parked == events - 1 ? measurement : throw new InvalidOperationException($"{parked} of {events - 1} entries were understood.");
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
