using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>Events that wait in retry topics, in a host as an application registers it.</summary>
public sealed class EmbeddedRetryTopicTests : IAsyncDisposable
{
    private static readonly string[] Numbers = ["due-at", "attempts", "step", "redriven", "original-partition", "original-offset", "original-timestamp", "original-topic"];

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    /// <summary>The wall clock of the services; it is the system's until a test sets it.</summary>
    private readonly JumpingTime _clock = new();

    /// <summary>Each attempt, as <c>topic[partition]@offset #attempt</c>, in the order of their beginnings.</summary>
    private readonly ConcurrentQueue<string> _attempts = [];

    /// <summary>How long before its time an event of a retry topic was started; empty unless that is broken.</summary>
    private readonly ConcurrentQueue<TimeSpan> _early = [];

    [Fact]
    public async Task An_event_goes_through_its_steps_as_it_was_read_first_and_ends_in_the_dead_letters()
    {
        Create("orders", 1, "inventory--orders--retry-20ms", "inventory--orders--retry-50ms", "inventory--orders--dlq");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 3);
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms", "50ms").ThenDeadLetter(), static context => context.Offset == 1);

        await service.UntilCommittedAsync("inventory--orders--retry-50ms", 0, 1);

        await service.UntilCommittedAsync("orders", 0, 3);
        Assert.Equal(["orders[0]@0 #1", "orders[0]@1 #1", "orders[0]@1 #2", "orders[0]@1 #3", "orders[0]@2 #1"], _attempts.Order(StringComparer.Ordinal));
        Assert.Empty(_early);
        var dead = Read("inventory--orders--dlq", 1)[0].Message;
        Assert.Equal("\"1\"", Encoding.UTF8.GetString(dead.Value));
        Assert.Equal(("orders", "0", "1", "3"), (Text(dead, "original-topic"), Text(dead, "original-partition"), Text(dead, "original-offset"), Text(dead, "attempts")));
    }

    [Fact]
    public async Task An_event_that_succeeds_in_a_step_goes_no_further()
    {
        Create("orders", 1, "inventory--orders--retry-5ms", "inventory--orders--retry-1s");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("5ms", "1s"), static context => context.Attempt < 2);

        await service.UntilCommittedAsync("inventory--orders--retry-5ms", 0, 1);

        Assert.Equal(["orders[0]@0 #1", "orders[0]@0 #2"], _attempts);
        Assert.Empty(_early);
        Assert.Equal(0, (await _kafka.Observer.WatermarksAsync(CancellationToken.None))[new TopicPartition("inventory--orders--retry-1s", 0)].High);
    }

    [Fact]
    public async Task Two_groups_never_see_each_others_retries()
    {
        Create("orders", 1, "inventory--orders--retry-20ms", "billing--orders--retry-20ms");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 4);
        await using var inventory = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static context => context is { Offset: 1, Attempt: 1 });
        var attempts = new ConcurrentQueue<string>();
        await using var billing = await StartAsync(
            ["orders"], static f => f.ThenRetryTopics("20ms"), static context => context is { Offset: 2, Attempt: 1 }, static c => c.Configure(static options => options.Group = "billing"), attempts);

        await inventory.UntilCommittedAsync("inventory--orders--retry-20ms", 0, 1);
        await billing.UntilCommittedAsync("billing--orders--retry-20ms", 0, 1);
        await inventory.UntilCommittedAsync("orders", 0, 4);
        await billing.UntilCommittedAsync("orders", 0, 4);

        Assert.Equal("orders[0]@1 #2", Assert.Single(_attempts, static attempt => attempt.EndsWith("#2", StringComparison.Ordinal)));
        Assert.Equal("orders[0]@2 #2", Assert.Single(attempts, static attempt => attempt.EndsWith("#2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_retry_topic_may_have_fewer_partitions_than_its_source()
    {
        Create("orders", 4);
        Create("inventory--orders--retry-20ms", 1);
        for (var partition = 0; partition < 4; partition++) await EmbeddedService.ProduceAsync(_kafka, "orders", partition, 2);
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static context => context.Attempt == 1);

        await service.UntilCommittedAsync("inventory--orders--retry-20ms", 0, 8);

        Assert.Equal(
            from partition in Enumerable.Range(0, 4) from offset in Enumerable.Range(0, 2) from attempt in Enumerable.Range(1, 2) select $"orders[{partition}]@{offset} #{attempt}",
            _attempts.Order(StringComparer.Ordinal));
        Assert.Empty(_early);
    }

    [Fact]
    public async Task An_event_stays_in_the_partition_of_its_number()
    {
        Create("orders", 3, "inventory--orders--retry-20ms");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 2, 2);
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static context => context.Attempt == 1);

        await service.UntilCommittedAsync("inventory--orders--retry-20ms", 2, 2);

        Assert.Equal(4, _attempts.Count);
    }

    [Fact]
    public async Task Topics_found_by_pattern_have_retry_topics_too_also_those_that_appear()
    {
        Create("orders.eu", 1, "inventory--orders.eu--retry-20ms");
        await EmbeddedService.ProduceAsync(_kafka, "orders.eu", 0, 1);
        await using var service = await StartAsync(["^orders\\."], static f => f.ThenRetryTopics("20ms"), static context => context.Attempt == 1, static c => c.StartAt(StartPosition.Latest));
        await service.UntilAssignedAsync("orders.eu", "inventory--orders.eu--retry-20ms");

        Create("inventory--orders.us--retry-20ms", 1);
        Create("orders.us", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders.us", 0, 1);
        await service.UntilCommittedAsync("inventory--orders.us--retry-20ms", 0, 1);

        Assert.Equal(["orders.us[0]@0 #1", "orders.us[0]@0 #2"], _attempts);
    }

    [Fact]
    public async Task Where_to_start_says_nothing_of_retry_topics()
    {
        Create("orders", 1, "inventory--orders--retry-20ms");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 3);
        await ProduceAsync("inventory--orders--retry-20ms", ("original-topic", "orders"), ("original-partition", "0"), ("original-offset", "0"), ("attempts", "1"));

        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static _ => false, static c => c.StartAt(StartPosition.Latest));
        await service.UntilCommittedAsync("inventory--orders--retry-20ms", 0, 1);

        Assert.Equal(["orders[0]@0 #2"], _attempts);
    }

    [Fact]
    public async Task What_waits_when_the_delays_change_is_drained_by_the_next_policy()
    {
        Create("orders", 1, "inventory--orders--retry-2s", "inventory--orders--retry-5ms", "inventory--orders--retry-20ms", "inventory--orders--dlq");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 2);
        await using (var before = await StartAsync(["orders"], static f => f.ThenRetryTopics("2s").ThenDeadLetter(), static _ => true))
        {
            await before.UntilCommittedAsync("orders", 0, 2);
        }

        await using var after = await StartAsync(["orders"], static f => f.ThenRetryTopics("5ms", "20ms").ThenDeadLetter(), static _ => true);
        await after.UntilCommittedAsync("inventory--orders--retry-2s", 0, 2);
        await after.UntilCommittedAsync("inventory--orders--retry-20ms", 0, 2);

        // They had been in the first step: the second of the new policy follows, then the end.
        Assert.Equal(2, _attempts.Count(static attempt => attempt.EndsWith("#3", StringComparison.Ordinal)));
        Assert.Equal(6, _attempts.Count);
        Assert.Empty(_early);
        Assert.Contains("inventory--orders--retry-2s", Assert.Single(after.Logs.Of(118)), StringComparison.Ordinal);
        Assert.Equal(["3", "3"], Read("inventory--orders--dlq", 2).Select(static dead => Text(dead.Message, "attempts")));
    }

    [Fact]
    public async Task What_waits_when_the_retry_topics_are_given_up_is_drained_too()
    {
        Create("orders", 1, "inventory--orders--retry-2s", "inventory--orders--dlq");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await using (var before = await StartAsync(["orders"], static f => f.ThenRetryTopics("2s"), static _ => true))
        {
            await before.UntilCommittedAsync("orders", 0, 1);
        }

        await using var after = await StartAsync(["orders"], static f => f.ThenDeadLetter(), static _ => true);
        await after.UntilCommittedAsync("inventory--orders--retry-2s", 0, 1);

        Assert.Equal(["orders[0]@0 #1", "orders[0]@0 #2"], _attempts);
        Assert.Equal("2", Text(Read("inventory--orders--dlq", 1)[0].Message, "attempts"));
    }

    [Fact]
    public async Task Old_retry_topics_that_hold_events_are_refused_by_option_and_empty_ones_are_not()
    {
        Create("orders", 1, "inventory--orders--retry-20ms", "inventory--orders--retry-1s", "inventory--orders--retry-1m");
        await ProduceAsync("inventory--orders--retry-1m", ("group", "inventory"));
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await using (var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static _ => false, Refuse))
        {
            await service.UntilAsync(static state => state.End is not null);

            Assert.Equal(
                "Retry topics of an earlier policy hold events that are not finished: inventory--orders--retry-1m. Run the earlier policy until they are empty, or set OldRetryTopics to Drain.",
                service.Control.Status.Reason);
            Assert.Equal(ConsumerState.Failed, service.Control.State);
        }

        Assert.Empty(_attempts);
        _kafka.DeleteRecords("inventory--orders--retry-1m", 0, 1);
        await using var again = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static _ => false, Refuse);
        await again.UntilCommittedAsync("orders", 0, 1);
        await again.UntilAssignedAsync("orders", "inventory--orders--retry-20ms");

        static void Refuse(EventConsumerBuilder consumer) => consumer.Configure(static options => options.OldRetryTopics = OldRetryTopicsAction.Refuse);
    }

    [Fact]
    public async Task What_waits_when_members_come_and_go_is_neither_early_nor_lost()
    {
        Create("orders", 4, "inventory--orders--retry-1s");
        for (var partition = 0; partition < 4; partition++) await EmbeddedService.ProduceAsync(_kafka, "orders", partition, 5);
        var second = new ConcurrentQueue<string>();
        await using var first = await StartAsync(["orders"], static f => f.ThenRetryTopics("1s"), static context => context.Attempt == 1);
        await first.UntilAsync(static state => state.Assignments.Any(static assignment => assignment.Id.Topic != "orders" && assignment.LastReceived >= 0));
        await using (var other = await StartAsync(["orders"], static f => f.ThenRetryTopics("1s"), static context => context.Attempt == 1, null, second))
        {
            // What waited when it joined may be done by then: more comes, of which some waits at the member that is about to go.
            await other.UntilAssignedAsync("orders", "inventory--orders--retry-1s");
            for (var partition = 0; partition < 4; partition++) await EmbeddedService.ProduceAsync(_kafka, "orders", partition, 5);
            await other.UntilAsync(static state => state.Assignments.Any(static assignment => assignment.Id.Topic != "orders" && assignment.LastReceived >= 0));
        }

        await first.UntilAsync(_ => _attempts.Concat(second).Distinct().Count() == 80);
        await first.UntilAsync(static state => state.Assignments.Count == 8 && state.Assignments.All(static assignment => assignment.IsAtEnd));
        Assert.Empty(_early);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_what_waits_and_the_next_start_is_not_early()
    {
        Create("orders", 1, "inventory--orders--retry-1h");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 2);
        await using (var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("1h"), static context => context.Attempt == 1, static c => c.Configure(static options => options.DrainBufferedOnStop = true)))
        {
            await service.UntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Waiting) == 2);
            await service.StopAsync();
            Assert.Equal(["orders[0]@0 #1", "orders[0]@1 #1"], _attempts.Order(StringComparer.Ordinal));
        }

        // A second before the first of them is due, by the clock of the next process.
        var due = Read("inventory--orders--retry-1h", 2).Min(static waiting => long.Parse(Text(waiting.Message, "due-at"), CultureInfo.InvariantCulture));
        _clock.Skew = DateTimeOffset.FromUnixTimeMilliseconds(due) - TimeSpan.FromSeconds(1) - TimeProvider.System.GetUtcNow();
        await using var again = await StartAsync(["orders"], static f => f.ThenRetryTopics("1h"), static context => context.Attempt == 1);
        await again.UntilCommittedAsync("inventory--orders--retry-1h", 0, 2);

        Assert.Equal(4, _attempts.Count);
        Assert.Empty(_early);
    }

    [Fact]
    public async Task Events_of_another_group_are_passed_over_and_told_of_once_and_those_without_headers_are_handled()
    {
        const string Retry = "inventory--orders--retry-20ms";
        Create("orders", 1, Retry);
        await ProduceAsync(Retry, ("group", "billing"));
        await ProduceAsync(Retry);
        await ProduceAsync(Retry, ("group", "billing"));
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static context => context.Attempt == 1);

        // The event without headers fails once more, and comes to the next step: there is none, so that its partition stops.
        await service.UntilAsync(static state => state.Assignments.Any(static assignment => assignment.StoppedAt is not null));

        Assert.Equal([$"{Retry}[0]@1 #1"], _attempts);
        Assert.Equal(1, service.Engine.GetSnapshot().Assignments.Single(static assignment => assignment.Id.Topic == Retry).Position);
        Assert.Contains("offset 0", Assert.Single(service.Logs.Of(116)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_headers_neither_stop_a_consumer_nor_make_it_skip_an_event()
    {
        const string Retry = "inventory--orders--retry-20ms";
        Create("orders", 1, Retry);
        string[] hostile = ["", "x", "-1", "253402300800000", "9223372036854775807", "99999999999999999999", new string('9', 500_000)];
        foreach (var value in hostile)
        {
            await ProduceAsync(Retry, [.. Numbers.Select(name => (name, value))]);
        }

        await ProduceAsync(Retry, ("due-at", "0"), ("due-at", "253402300799999"), ("step", "1"), ("step", "2"));
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static _ => false);

        await service.UntilCommittedAsync(Retry, 0, hostile.Length + 1);

        Assert.Equal(hostile.Length + 1, service.Handled.Count);
    }

    [Fact]
    public async Task A_retry_topic_that_is_deleted_is_read_again_once_it_is_back()
    {
        Create("orders", 1, "inventory--orders--retry-20ms");
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms"), static context => context.Attempt == 1);
        await service.UntilAssignedAsync("orders", "inventory--orders--retry-20ms");
        _kafka.DeleteTopic("inventory--orders--retry-20ms");
        await service.UntilAsync(_ => service.Logs.Of(117).Any());
        await service.UntilAssignedAsync("orders");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);

        // The embedded brokers create it again for the event that is handed over.
        await service.UntilCommittedAsync("inventory--orders--retry-20ms", 0, 1);

        Assert.Equal(["orders[0]@0 #1", "orders[0]@0 #2"], _attempts);
    }

    [Fact]
    public async Task Topics_named_by_hand_are_used()
    {
        Create("orders", 1, "stock.orders--retry-20ms", "stock.orders--dlq");
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await using var service = await StartAsync(["orders"], static f => f.ThenRetryTopics("20ms").ThenDeadLetter().NameTopics(static topic => $"stock.{topic}"), static _ => true);

        await service.UntilCommittedAsync("stock.orders--retry-20ms", 0, 1);

        Assert.Equal("2", Text(Read("stock.orders--dlq", 1)[0].Message, "attempts"));
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private Task<EmbeddedService> StartAsync(
        string[] topics, Action<FailurePolicyBuilder> policy, Func<EventContext, bool> fails, Action<EventConsumerBuilder>? configure = null, ConcurrentQueue<string>? attempts = null) =>
        EmbeddedService.StartAsync(
            _kafka,
            topics,
            c =>
            {
                c.Unordered(8).OnFailure(policy);
                configure?.Invoke(c);
            },
            (context, _) =>
            {
                var now = _clock.GetUtcNow();
                if (long.TryParse(context.Headers.GetText("eventdriven-due-at"), CultureInfo.InvariantCulture, out var due) && due is > 0 and < 4_000_000_000_000 && DateTimeOffset.FromUnixTimeMilliseconds(due) > now)
                {
                    _early.Enqueue(DateTimeOffset.FromUnixTimeMilliseconds(due) - now);
                }

                (attempts ?? _attempts).Enqueue($"{context.Topic}[{context.Partition}]@{context.Offset} #{context.Attempt}");
                return fails(context) ? throw new InvalidOperationException("poison") : Task.CompletedTask;
            },
            _clock);

    private void Create(string topic, int partitions, params string[] others)
    {
        _kafka.CreateTopic(topic, partitions);
        foreach (var other in others) _kafka.CreateTopic(other, partitions);
    }

    private async Task ProduceAsync(string topic, params (string Name, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, LingerMs = 0, MessageMaxBytes = 20_000_000 }).Build();
        var all = new Headers();
        foreach (var (name, value) in headers) all.Add($"eventdriven-{name}", Encoding.UTF8.GetBytes(value));
        await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<Null, string> { Value = "\"x\"", Headers = all });
    }

    private ConsumeResult<byte[], byte[]>[] Read(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "reader" }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
        return [.. Enumerable.Range(0, count).Select(_ => consumer.Consume(EmbeddedService.Patience))];
    }

    private static string Text(Message<byte[], byte[]> message, string name) => Encoding.UTF8.GetString(message.Headers.GetLastBytes($"eventdriven-{name}"));
}
