using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>Bad times of a service with retry topics and dead letters.</summary>
public sealed class EmbeddedBadTimesTests : IAsyncDisposable
{
    private const string Retry = "inventory--orders--retry-5s";

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_by_an_hour_makes_no_event_of_a_retry_topic_early_or_late(int hours)
    {
        Create("orders", Retry);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        var time = new JumpingTime();
        var attempts = new ConcurrentQueue<long>();
        await using var service = await EmbeddedService.StartAsync(
            _kafka,
            ["orders"],
            static c => c.Unordered(8).OnFailure(static f => f.ThenRetryTopics("5s")),
            (context, _) =>
            {
                attempts.Enqueue(Stopwatch.GetTimestamp());
                return context.Attempt == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
            },
            time);
        await service.UntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Waiting) == 1);

        time.Skew = TimeSpan.FromHours(hours);
        await service.UntilCommittedAsync(Retry, 0, 1);

        Assert.InRange(Stopwatch.GetElapsedTime(attempts.First(), attempts.Last()), TimeSpan.FromSeconds(5), EmbeddedService.Patience);
    }

    [Fact]
    public async Task A_handler_that_fails_only_while_it_is_cancelled_leaves_its_event_to_the_next_owner()
    {
        Create("orders", "dead");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var first = await EmbeddedService.StartAsync(
            _kafka,
            ["orders"],
            static c => c.Configure(static options => options.DrainTimeout = TimeSpan.FromMilliseconds(100)).OnFailure(static f => f.Retry(2, TimeSpan.Zero).ThenDeadLetter("dead")),
            async (_, token) =>
            {
                running.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, token);
                }
                catch (OperationCanceledException)
                {
                    throw new InvalidOperationException("broken by the stop");
                }
            }))
        {
            await running.Task.WaitAsync(EmbeddedService.Patience);
        }

        await using var next = await EmbeddedService.StartAsync(_kafka, ["orders"], static c => c.OnFailure(static f => f.ThenDeadLetter("dead")));
        await next.UntilCommittedAsync("orders", 0, 1);

        Assert.Equal(["orders[0]@0"], next.Handled);
        Assert.Equal(0, (await _kafka.Observer.WatermarksAsync(CancellationToken.None))[new TopicPartition("dead", 0)].High);
    }

    [Fact]
    public async Task Dead_letters_that_are_read_as_a_source_and_fail_again_have_each_header_once_and_never_go_to_their_own_topic()
    {
        Create("orders", "dead", "dead-again");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await using (var first = await EmbeddedService.StartAsync(_kafka, ["orders"], static c => c.OnFailure(static f => f.ThenDeadLetter("dead")), static (_, _) => throw new InvalidOperationException("poison")))
        {
            await first.UntilCommittedAsync("orders", 0, 1);
        }

        await using (var second = await EmbeddedService.StartAsync(_kafka, ["dead"], static c => c.OnFailure(static f => f.ThenDeadLetter("dead-again")), static (_, _) => throw new TimeoutException("again")))
        {
            await second.UntilCommittedAsync("dead", 0, 1);
        }

        var (before, after) = (Read("dead"), Read("dead-again"));
        Assert.Equal(before.Message.Value, after.Message.Value);
        Assert.Equal(before.Message.Headers.Select(static header => header.Key).Order(), after.Message.Headers.Select(static header => header.Key).Order());
        Assert.Equal(("dead", "System.TimeoutException"), (Text(after, "original-topic"), Text(after, "exception-type")));

        // A pattern that takes both, and whose dead letters would go where one of them came from.
        await using var circle = await EmbeddedService.StartAsync(_kafka, ["^dead"], static c => c.OnFailure(static f => f.ThenDeadLetter("dead")), static (_, _) => throw new TimeoutException("again"));
        await circle.UntilAsync(static state => state.Assignments.Any(static assignment => assignment.Id.Topic == "dead" && assignment.StoppedAt is not null));
        Assert.Single(circle.Logs.Of(2045));
    }

    [Fact]
    public async Task Events_of_a_batch_that_fail_wait_in_their_retry_topic_and_come_again_in_another_batch_or_end_in_the_dead_letters()
    {
        Create("orders", Retry, "dead");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 6);
        var handled = new ConcurrentQueue<string>();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddEventConsumer("orders", "inventory", c => c
            .HandleBatch<string>(
                6,
                TimeSpan.FromMilliseconds(500),
                (events, _) =>
                {
                    for (var i = 0; i < events.Count; i++)
                    {
                        var (text, context) = events[i];
                        if (text == "\"2\"" || (text == "\"3\"" && context.Attempt == 1)) throw new BatchFailedException(i, new InvalidOperationException("poison"));

                        handled.Enqueue($"{text} #{context.Attempt} of {context.Topic}@{context.Offset}");
                    }

                    return ValueTask.CompletedTask;
                })
            .Unordered(4)
            .OnFailure(static f => f.ThenRetryTopics("5s").ThenDeadLetter("dead")));
        builder.Services.UseEmbeddedKafka(_kafka);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<HostedConsumers>().Get("inventory").Engine!.WaitUntilAsync(
            static state => state.Committed.GetValueOrDefault(new PartitionId("orders", 0)) == 6 && state.Committed.GetValueOrDefault(new PartitionId(Retry, 0)) == 2,
            TestContext.Current.CancellationToken).WaitAsync(EmbeddedService.Patience, TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            ["\"0\" #1 of orders@0", "\"1\" #1 of orders@1", "\"3\" #2 of orders@3", "\"4\" #1 of orders@4", "\"5\" #1 of orders@5"],
            handled.Order(StringComparer.Ordinal));
        var dead = Read("dead");
        Assert.Equal(("\"2\"", "2", "2"), (Encoding.UTF8.GetString(dead.Message.Value), Text(dead, "original-offset"), Text(dead, "attempts")));
    }

    [Fact]
    public async Task A_key_a_value_or_both_that_can_not_be_read_are_dead_lettered_byte_for_byte_and_their_neighbours_are_handled()
    {
        Create("orders", "dead");
        byte[] good = [0, 0, 0, 7], badKey = [1, 2, 3], goodValue = "1"u8.ToArray(), badValue = [0xFF, 0xFE];
        (byte[] Key, byte[] Value)[] records = [(good, goodValue), (badKey, goodValue), (good, badValue), (badKey, badValue), (good, goodValue)];
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, LingerMs = 0 }).Build())
        {
            foreach (var (key, value) in records) await producer.ProduceAsync(new TopicPartition("orders", 0), new Message<byte[], byte[]> { Key = key, Value = value });
        }

        var handled = new ConcurrentQueue<long>();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddEventConsumer("orders", "inventory", c => c
            .Key<int>()
            .Handle<int>((_, context, _) =>
            {
                handled.Enqueue(context.Offset);
                return ValueTask.CompletedTask;
            })
            .OnFailure(static f => f.Retry(3, TimeSpan.Zero).ThenDeadLetter("dead")));
        builder.Services.UseEmbeddedKafka(_kafka);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<HostedConsumers>().Get("inventory").Engine!.WaitUntilAsync(
            static state => state.Committed.GetValueOrDefault(new PartitionId("orders", 0)) == 5, TestContext.Current.CancellationToken).WaitAsync(EmbeddedService.Patience, TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal([0L, 4], handled);
        foreach (var (offset, dead) in Enumerable.Range(1, 3).Zip(Read("dead", 3)))
        {
            Assert.Equal(records[offset], (dead.Message.Key, dead.Message.Value), (expected, actual) => expected.Item1.AsSpan().SequenceEqual(actual.Item1) && expected.Item2.AsSpan().SequenceEqual(actual.Item2));
            Assert.Equal(($"{offset}", "1", "fatal"), (Text(dead, "original-offset"), Text(dead, "attempts"), Text(dead, "failure-class")));
        }
    }

    [Fact]
    public async Task What_succeeds_on_one_partition_does_not_reset_the_attempts_of_another()
    {
        _kafka.CreateTopic("orders", 2);
        Create("dead");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 2);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 1, 500);
        var attempts = new ConcurrentQueue<(long Offset, int Attempt)>();
        await using var service = await EmbeddedService.StartAsync(
            _kafka,
            ["orders"],
            static c => c.OnFailure(static f => f.Retry(5, TimeSpan.FromMilliseconds(20)).ThenDeadLetter("dead")),
            (context, _) =>
            {
                if (context.Partition == 1) return Task.CompletedTask;

                attempts.Enqueue((context.Offset, context.Attempt));
                throw context.Attempt % 2 == 0 ? new InvalidOperationException("poison") : new TimeoutException("poison");
            });

        await service.UntilCommittedAsync("orders", 0, 2);
        await service.UntilCommittedAsync("orders", 1, 500);

        Assert.Equal(Enumerable.Range(0, 2).SelectMany(static offset => Enumerable.Range(1, 6).Select(attempt => ((long)offset, attempt))), attempts);
        Assert.Equal(["6", "6"], Read("dead", 2).Select(static dead => Text(dead, "attempts")));
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private void Create(params string[] topics)
    {
        foreach (var topic in topics) _kafka.CreateTopic(topic, 1);
    }

    private ConsumeResult<byte[], byte[]> Read(string topic) => Read(topic, 1)[0];

    private List<ConsumeResult<byte[], byte[]>> Read(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "reader" }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
        return [.. Enumerable.Range(0, count).Select(_ => consumer.Consume(EmbeddedService.Patience))];
    }

    private static string Text(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes($"eventdriven-{name}"));
}
