using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>Events into the client's queue with a callback for each, until the last is acknowledged, against the raw client's <c>Produce</c> with a delivery handler.</summary>
internal sealed class ProduceBenchmark : IBenchmark
{
    private const int Partitions = 8;
    private static readonly byte[] Value = Order.Json(1);

    public string Name => "produce";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 500_000, embedded: 200_000);
        yield return await Comparison.RunAsync(run, "produce", () => OursAsync(run, events, cloudEvents: false), () => RawAsync(run, events));
        yield return await Comparison.RunAsync(run, "produce-cloudevents", () => OursAsync(run, events, cloudEvents: true), () => RawAsync(run, events))
            with { Note = "ours with six headers, raw without any" };
    }

    private static async Task<Measurement> OursAsync(BenchmarkRun run, int events, bool cloudEvents)
    {
        var topic = await run.CreateTopicAsync(Partitions);
        using var host = run.CreateHost(services => services.AddEventProducer<byte[]>(topic, p =>
        {
            p.ConfigureClient(Enlarge);
            if (!cloudEvents) p.WithoutCloudEvents();
        }));
        await host.StartAsync(run.Stopping);
        var producer = host.Services.GetRequiredService<IEventProducer<byte[]>>();
        await producer.ProduceAsync(Value, run.Stopping);

        var failed = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = events;
        Action<EventDelivery> onCompleted = delivery =>
        {
            if (!delivery.Succeeded) Interlocked.Increment(ref failed);
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        };
        var running = Measurement.Start();
        for (var i = 0; i < events; i++) await producer.EnqueueAsync(Value, onCompleted);
        await done.Task.WaitAsync(run.Stopping);
        var measurement = running.Stop(events);

        await host.StopAsync(CancellationToken.None);
        await run.DeleteTopicAsync(topic);
        return failed == 0 ? measurement : throw new InvalidOperationException($"{failed} events were not delivered.");
    }

    private static async Task<Measurement> RawAsync(BenchmarkRun run, int events)
    {
        var topic = await run.CreateTopicAsync(Partitions);
        var settings = new ProducerConfig
        {
            BootstrapServers = run.BootstrapServers,
            EnableIdempotence = true,
            Acks = Acks.All,
            Partitioner = Partitioner.Murmur2Random,
            LingerMs = 5,
        };
        Enlarge(settings);
        using var producer = new ProducerBuilder<byte[]?, byte[]>(settings).Build();
        await producer.ProduceAsync(topic, new Message<byte[]?, byte[]> { Value = Value }, run.Stopping);

        var failed = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = events;
        Action<DeliveryReport<byte[]?, byte[]>> onDelivered = report =>
        {
            if (report.Error.IsError) Interlocked.Increment(ref failed);
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        };
        var running = Measurement.Start();
        for (var i = 0; i < events; i++) producer.Produce(topic, new Message<byte[]?, byte[]> { Value = Value }, onDelivered);
        await done.Task.WaitAsync(run.Stopping);
        var measurement = running.Stop(events);

        await run.DeleteTopicAsync(topic);
        return failed == 0 ? measurement : throw new InvalidOperationException($"{failed} records were not delivered.");
    }

    /// <summary>So that the queue is never full: waiting for room is not what is compared.</summary>
    private static void Enlarge(ProducerConfig settings) => settings.QueueBufferingMaxMessages = 2_000_000;
}
