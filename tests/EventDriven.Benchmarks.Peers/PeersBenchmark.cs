using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Wolverine;

namespace EventDriven.Benchmarks.Peers;

/// <summary>Ours against Wolverine: the same records, the same handler, the same settings of the client, in turn.</summary>
internal sealed class PeersBenchmark : IBenchmark
{
    private const int Partitions = 8;
    private const int FailingEvents = 20_000;
    private const int ThrowEvery = 1_001;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public string Name => "peers";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        yield return await ConsumeAsync(run);
        yield return await ProduceAsync(run);
    }

    private static async Task<Row> ConsumeAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 3_000_000, embedded: 150_000);
        var topic = await run.FillTopicAsync(Partitions, events, static i => new Message<byte[]?, byte[]> { Value = Order.Json(i) });
        var row = await Comparison.RunAsync(run, "peers-consume", () => OursConsumeAsync(run, topic, new Work(events)), () => TheirsConsumeAsync(run, topic, new Work(events)));
        var loops = new List<double>();
        for (var round = 0; round < run.Options.Rounds; round++) loops.Add((await LoopAsync(run, topic, new Work(events))).Rate);
        await run.DeleteTopicAsync(topic);
        var loop = Comparison.Median(loops);
        return row with { Note = $"a loop around the client itself: {loop:N0}/s, {loop / row.Raw:N2} of theirs; {await CountLostAsync(run)}" };
    }

    /// <summary>The same work in a loop around the raw client, which has neither a pipeline nor anything that it promises.</summary>
    private static Task<Measurement> LoopAsync(BenchmarkRun run, string topic, Work work) => Task.Factory.StartNew(
        () =>
        {
            using var consumer = new ConsumerBuilder<byte[]?, byte[]>(run.RawConsumerSettings()).Build();
            consumer.Subscribe(topic);
            while (!work.Done.IsCompleted)
            {
                var record = consumer.Consume(run.Stopping);
                if (!record.IsPartitionEOF) work.Do(JsonSerializer.Deserialize(record.Message.Value, OrderJson.Default.Order)!);
            }

            consumer.Close();
            return work.Measurement;
        },
        run.Stopping,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static Task<Row> ProduceAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 100_000, embedded: 50_000);
        return Comparison.RunAsync(run, "peers-produce", () => OursProduceAsync(run, events), () => TheirsProduceAsync(run, events));
    }

    private static async Task<Measurement> OursConsumeAsync(BenchmarkRun run, string topic, Work work)
    {
        using var host = Ours(run, topic, Guid.NewGuid().ToString(), work);
        await host.StartAsync(run.Stopping);
        await work.Done.WaitAsync(Limit, run.Stopping);
        await host.StopAsync(CancellationToken.None);
        return work.Measurement;
    }

    private static async Task<Measurement> TheirsConsumeAsync(BenchmarkRun run, string topic, Work work)
    {
        using var host = WolverineHost.Consumer(run, topic, Guid.NewGuid().ToString(), work);
        await host.StartAsync(run.Stopping);
        await work.Done.WaitAsync(Limit, run.Stopping);
        await host.StopAsync(CancellationToken.None);
        return work.Measurement;
    }

    private static IHost Ours(BenchmarkRun run, string topic, string group, Work work) => run.CreateHost(services => services
        // It logs an error for each failing handler, which is asked for here.
        .AddLogging(static logging => logging.SetMinimumLevel(LogLevel.Critical))
        .AddEventConsumer(topic, group, consumer => consumer.Named("peers").UseJson(OrderJson.Default).Handle<Order>((order, _) =>
        {
            work.Do(order);
            return ValueTask.CompletedTask;
        })));

    /// <summary>
    /// Both with their defaults, on events of which some make their handler throw once. When the group's committed positions have reached the end, nothing that
    /// was not handled comes again.
    /// </summary>
    private static async Task<string> CountLostAsync(BenchmarkRun run)
    {
        var topic = await run.FillTopicAsync(Partitions, FailingEvents, static i => new Message<byte[]?, byte[]> { Value = Order.Json(i) });
        var ours = new Work(FailingEvents, ThrowEvery);
        using (var host = Ours(run, topic, "peers-ours", ours))
        {
            await host.StartAsync(run.Stopping);
            var control = host.Services.GetRequiredKeyedService<IEventConsumerControl>("peers");
            // Each partition stops at its failing event, until somebody has mended the cause and says so.
            await UntilCommittedAsync(run, topic, "peers-ours", control.Retry);
            await host.StopAsync(CancellationToken.None);
        }

        var theirs = new Work(FailingEvents, ThrowEvery);
        using (var host = WolverineHost.Consumer(run, topic, "peers-theirs", theirs))
        {
            await host.StartAsync(run.Stopping);
            await theirs.Done.WaitAsync(Limit, run.Stopping);
            await host.StopAsync(CancellationToken.None);
        }

        var committed = await UntilCommittedAsync(run, topic, "peers-theirs", static () => { });
        await run.DeleteTopicAsync(topic);
        return $"of the events whose handler threw once, never handled: {ours.NeverHandled} of {ours.Thrown} by ours (each stops its partition until Retry), "
            + $"{theirs.NeverHandled} of {theirs.Thrown} by Wolverine, which had committed {(committed ? "all" : "not all")} of the topic";
    }

    private static async Task<bool> UntilCommittedAsync(BenchmarkRun run, string topic, string group, Action betweenLooks)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = run.BootstrapServers }).Build();
        using var limit = new CancellationTokenSource(Limit / 4);
        var partitions = Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(topic, partition)).ToList();
        while (true)
        {
            var results = await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, partitions)]);
            if (results[0].Partitions.Sum(static offset => Math.Max(0, offset.Offset.Value)) >= FailingEvents) return true;
            if (limit.IsCancellationRequested) return false;

            betweenLooks();
            await Task.Delay(100, run.Stopping);
        }
    }

    private static async Task<Measurement> OursProduceAsync(BenchmarkRun run, int events)
    {
        var topic = await run.CreateTopicAsync(Partitions);
        using var host = run.CreateHost(services => services.AddEventProducer<Order>(topic, p => p
            .WithoutCloudEvents().UseJson(OrderJson.Default).ConfigureClient(client => client.QueueBufferingMaxMessages = 2_000_000)));
        await host.StartAsync(run.Stopping);
        var producer = host.Services.GetRequiredService<IEventProducer<Order>>();
        await producer.ProduceAsync(Order.Create(0), run.Stopping);

        var running = Measurement.Start();
        for (var i = 0; i < events; i++) await producer.EnqueueAsync(Order.Create(i), onCompleted: null);
        await producer.FlushAsync(run.Stopping);
        var measurement = running.Stop(events);
        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(topic);
        return measurement;
    }

    private static async Task<Measurement> TheirsProduceAsync(BenchmarkRun run, int events)
    {
        var topic = await run.CreateTopicAsync(Partitions);
        using var host = WolverineHost.Producer(run, topic);
        await host.StartAsync(run.Stopping);
        using var scope = host.Services.CreateScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        await bus.PublishAsync(Order.Create(0));
        await UntilWrittenAsync(run, topic, 1);

        var running = Measurement.Start();
        for (var i = 0; i < events; i++) await bus.PublishAsync(Order.Create(i));
        // It tells nobody when the last one was acknowledged; the broker does.
        await UntilWrittenAsync(run, topic, events + 1);
        var measurement = running.Stop(events);
        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(topic);
        return measurement;
    }

    private static async Task UntilWrittenAsync(BenchmarkRun run, string topic, long count)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = run.BootstrapServers, GroupId = "peers-looking" }).Build();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(run.Stopping);
        limit.CancelAfter(Limit);
        while (Enumerable.Range(0, Partitions).Sum(partition => reader.QueryWatermarkOffsets(new TopicPartition(topic, partition), Limit).High.Value) < count)
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
