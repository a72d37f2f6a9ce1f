using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>A backlog through the whole pipeline into a handler that does nothing, against a loop around the raw client's <c>Consume</c>.</summary>
internal sealed class ConsumeBenchmark : IBenchmark
{
    private const int Partitions = 8;

    public string Name => "consume";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 1_000_000, embedded: 150_000);
        var topic = await run.FillTopicAsync(Partitions, events, static i => new Message<byte[]?, byte[]> { Value = Order.Json(i) });

        yield return await Comparison.RunAsync(
            run, "consume-json",
            () => OursAsync(run, topic, events, static (consumer, countdown) => consumer.UseJson(OrderJson.Default).Handle<Order>((_, _) => Count(countdown))),
            () => RawAsync(run, topic, events, static value => JsonSerializer.Deserialize(value, OrderJson.Default.Order)));
        yield return await Comparison.RunAsync(
            run, "consume-json-scoped",
            () => OursAsync(run, topic, events, static (consumer, _) => consumer.UseJson(OrderJson.Default).Handle<Order, ScopedHandler<Order>>()),
            () => RawAsync(run, topic, events, static value => JsonSerializer.Deserialize(value, OrderJson.Default.Order)));
        yield return await Comparison.RunAsync(
            run, "consume-bytes",
            () => OursAsync(run, topic, events, static (consumer, countdown) => consumer.Handle<byte[]>((_, _) => Count(countdown))),
            () => RawAsync(run, topic, events, static value => value));
        yield return await Comparison.RunAsync(
            run, "consume-bytes-scoped",
            () => OursAsync(run, topic, events, static (consumer, _) => consumer.Handle<byte[], ScopedHandler<byte[]>>()),
            () => RawAsync(run, topic, events, static value => value));

        await run.DeleteTopicAsync(topic);
    }

    private static ValueTask Count(Countdown countdown)
    {
        countdown.Count();
        return ValueTask.CompletedTask;
    }

    private static async Task<Measurement> OursAsync(BenchmarkRun run, string topic, int events, Action<EventConsumerBuilder, Countdown> handle)
    {
        var countdown = new Countdown(events);
        using var host = run.CreateHost(services => services
            .AddSingleton(countdown)
            .AddEventConsumer(topic, Guid.NewGuid().ToString(), consumer => handle(consumer, countdown)));
        await host.StartAsync(run.Stopping);
        var measurement = await countdown.Done.WaitAsync(run.Stopping);
        await host.StopAsync(CancellationToken.None);
        return measurement;
    }

    private static Task<Measurement> RawAsync(BenchmarkRun run, string topic, int events, Func<byte[], object?> deserialize) => Task.Factory.StartNew(
        () =>
        {
            using var consumer = new ConsumerBuilder<byte[]?, byte[]>(run.RawConsumerSettings()).Build();
            consumer.Subscribe(topic);
            var countdown = new Countdown(events);
            while (!countdown.Done.IsCompleted)
            {
                var record = consumer.Consume(run.Stopping);
                if (record.IsPartitionEOF) continue;

                deserialize(record.Message.Value);
                countdown.Count();
            }

            consumer.Close();
            return countdown.Done.Result;
        },
        run.Stopping,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    internal sealed class ScopedHandler<T>(Countdown countdown) : IEventHandler<T>
    {
        public ValueTask HandleAsync(T @event, EventContext context, CancellationToken cancellationToken) => Count(countdown);
    }
}
