using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>What the failure chain costs where nothing fails: a backlog through a consumer with every step, against the same consumer without a policy.</summary>
internal sealed class RetryBenchmark : IBenchmark
{
    private const int Partitions = 8;

    public string Name => "retry";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var events = run.Events(real: 1_000_000, embedded: 150_000);
        var topic = await run.FillTopicAsync(Partitions, events, static _ => new Message<byte[]?, byte[]> { Value = [1] });
        string[] derived = [$"{topic}--retry-5s", $"{topic}--retry-1m", $"{topic}--dlq"];
        foreach (var name in derived) await run.CreateTopicAsync(Partitions, name);

        yield return await Comparison.RunAsync(
            run,
            "retry",
            () => ConsumeAsync(run, topic, events, consumer => consumer.OnFailure(failure => failure
                .Retry(3, TimeSpan.FromMilliseconds(100)).ThenRetryTopics("5s", "1m").AllowReordering().ThenDeadLetter().NameTopics(static source => source))),
            () => ConsumeAsync(run, topic, events, static _ => { }));

        foreach (var name in derived) await run.DeleteTopicAsync(name);
        await run.DeleteTopicAsync(topic);
    }

    private static async Task<Measurement> ConsumeAsync(BenchmarkRun run, string topic, int events, Action<EventConsumerBuilder> configure)
    {
        var countdown = new Countdown(events);
        using var host = run.CreateHost(services => services.AddEventConsumer(topic, Guid.NewGuid().ToString(), consumer =>
        {
            consumer.Handle<byte[]>((_, _) =>
            {
                countdown.Count();
                return ValueTask.CompletedTask;
            });
            configure(consumer);
        }));
        await host.StartAsync(run.Stopping);
        var measurement = await countdown.Done.WaitAsync(run.Stopping);
        await host.StopAsync(CancellationToken.None);
        return measurement;
    }
}
