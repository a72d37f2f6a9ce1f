using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>What becomes of events that fail, in a host as an application registers it.</summary>
public sealed class EmbeddedDeadLetterTests : IAsyncDisposable
{
    private static readonly string[] Told =
        ["original-topic", "original-partition", "original-offset", "group", "attempts", "failure-class", "exception-type", "exception-message"];

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    [Fact]
    public async Task An_event_that_fails_is_in_its_dead_letter_topic_with_its_bytes_and_its_offset_passes()
    {
        _kafka.CreateTopic("orders", 1);
        _kafka.CreateTopic("inventory--orders--dlq", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 3);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenDeadLetter()),
            (context, _) => context.Offset == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask);

        await service.UntilCommittedAsync("orders", 0, 3);

        Assert.Equal(["orders[0]@0", "orders[0]@2"], service.Handled);
        var dead = Read("inventory--orders--dlq");
        Assert.Equal("\"1\"", dead.Message.Value);
        Assert.Equal(
            ["orders", "0", "1", "inventory", "1", "transient", "System.InvalidOperationException", "poison"],
            Told.Select(name => Encoding.UTF8.GetString(dead.Message.Headers.GetLastBytes($"eventdriven-{name}"))));
    }

    [Fact]
    public async Task An_event_is_skipped_only_where_its_policy_says_so_by_name()
    {
        _kafka.CreateTopic("orders", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 3);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenSkip()),
            (context, _) => context.Offset == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask);

        await service.UntilCommittedAsync("orders", 0, 3);

        Assert.Equal(["orders[0]@0", "orders[0]@2"], service.Handled);
        Assert.Single(service.Logs.Of(2042));
    }

    [Fact]
    public async Task Without_its_dead_letter_topic_a_consumer_does_not_start_and_ProvisionTopics_creates_it()
    {
        _kafka.CreateTopic("orders", 3);
        await using (var waiting = await EmbeddedService.StartAsync(_kafka, ["orders"], c => c.OnFailure(f => f.ThenDeadLetter())))
        {
            await waiting.Logs.UntilAsync(1000);
            Assert.Contains("Say ProvisionTopics(), or create it: kafka-topics.sh", Assert.Single(waiting.Logs.Of(1000)), StringComparison.Ordinal);
            Assert.Equal(ConsumerState.WaitingForCluster, waiting.Control.State);
        }

        await EmbeddedService.ProduceAsync(_kafka, "orders", 2, 1);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.ProvisionTopics().OnFailure(f => f.ThenDeadLetter()), (_, _) => throw new InvalidOperationException("poison"));
        await service.UntilCommittedAsync("orders", 2, 1);

        Assert.Equal("\"0\"", Read("inventory--orders--dlq", 2).Message.Value);
    }

    [Fact]
    public async Task Topics_found_by_a_pattern_get_their_dead_letter_topics_before_they_are_read()
    {
        _kafka.CreateTopic("orders.eu", 2);
        await EmbeddedService.ProduceAsync(_kafka, "orders.eu", 1, 1);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["^orders\\."], c => c.ProvisionTopics().OnFailure(f => f.ThenDeadLetter()), (_, _) => throw new InvalidOperationException("poison"));

        await service.UntilCommittedAsync("orders.eu", 1, 1);
        _kafka.CreateTopic("orders.us", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders.us", 0, 1);
        await service.UntilCommittedAsync("orders.us", 0, 1);

        Assert.Equal("\"0\"", Read("inventory--orders.eu--dlq", 1).Message.Value);
        Assert.Equal("\"0\"", Read("inventory--orders.us--dlq").Message.Value);
    }

    [Fact]
    public async Task A_topic_found_by_a_pattern_whose_dead_letter_topic_is_missing_is_not_read_until_it_is_there()
    {
        _kafka.CreateTopic("orders.eu", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders.eu", 0, 1);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["^orders\\."], c => c.OnFailure(f => f.ThenDeadLetter()), (_, _) => throw new InvalidOperationException("poison"));
        await service.UntilAsync(static state => state.Unprepared.Count == 1);

        Assert.Empty(service.Engine.GetSnapshot().Assignments);
        Assert.Contains("--create --topic inventory--orders.eu--dlq --partitions 1", (await service.HealthAsync()).Description, StringComparison.Ordinal);

        _kafka.CreateTopic("inventory--orders.eu--dlq", 1);
        await service.UntilCommittedAsync("orders.eu", 0, 1);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync()).Status);
    }

    [Fact]
    public async Task A_dead_letter_topic_that_goes_away_holds_its_events_alone_visibly_and_they_go_on_by_themselves()
    {
        _kafka.CreateTopic("orders", 2);
        _kafka.CreateTopic("dead", 1);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenDeadLetter("dead")),
            (context, _) => context.Partition == 0 ? throw new InvalidOperationException("poison") : Task.CompletedTask);
        await service.UntilAssignedAsync("orders");
        _kafka.DeleteTopic("dead");
        service.Services.GetRequiredService<TopicPartitions>().Forget("Kafka", "dead");

        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 1, 3);
        await service.UntilCommittedAsync("orders", 1, 3);
        await service.UntilAsync(_ => service.Control.Status.HeldEvents.Count == 1);

        var health = await service.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("orders[0] holds 1 failed event(s), the oldest at offset 0", health.Description, StringComparison.Ordinal);
        Assert.Contains("A failed event was not written to 'dead': the topic does not exist", health.Description, StringComparison.Ordinal);

        _kafka.CreateTopic("dead", 1);
        await service.UntilCommittedAsync("orders", 0, 1);
        Assert.Equal("\"0\"", Read("dead").Message.Value);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync()).Status);
    }

    [Fact]
    public async Task An_outage_is_told_by_health_and_holds_its_own_lane_alone()
    {
        _kafka.CreateTopic("orders", 2);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 1, 3);
        var isOver = false;
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.TreatAsOutage<TimeoutException>()),
            (context, _) => context.Partition == 0 && !Volatile.Read(ref isOver) ? throw new TimeoutException() : Task.CompletedTask);
        await service.UntilCommittedAsync("orders", 1, 3);
        await service.UntilAsync(_ => service.Control.Status.HeldEvents.Count == 1);

        var health = await service.HealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("1 event(s) are held by an outage since", health.Description, StringComparison.Ordinal);
        Assert.Contains("(System.TimeoutException), the oldest at orders[0]@0.", health.Description, StringComparison.Ordinal);

        Volatile.Write(ref isOver, true);
        await service.UntilCommittedAsync("orders", 0, 1);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync()).Status);
    }

    [Fact]
    public async Task A_stop_ends_holds_in_time_and_leaves_their_events()
    {
        _kafka.CreateTopic("orders", 1);
        _kafka.CreateTopic("dead", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenDeadLetter("dead").TreatAsOutage<TimeoutException>()), (_, _) => throw new TimeoutException());
        await using var _ = service;
        await service.UntilAsync(_ => service.Control.Status.HeldEvents.Count == 1);

        var spent = System.Diagnostics.Stopwatch.StartNew();
        await service.StopAsync();

        // Not the drain's ten seconds.
        Assert.InRange(spent.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Empty(service.Handled);
    }

    [Fact]
    public async Task A_lack_of_memory_ends_the_consumer_and_hands_nothing_over()
    {
        _kafka.CreateTopic("orders", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 1);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.Retry(3, TimeSpan.Zero).ThenSkip().TreatAsTransient<Exception>()), (_, _) => throw new InsufficientMemoryException());

        await service.UntilAsync(static state => state.IsCompleted);

        Assert.Equal(ConsumerState.Failed, service.Control.State);
        Assert.Contains("the process is in trouble", service.Control.Status.Reason, StringComparison.Ordinal);
        Assert.Empty(service.Logs.Of(2042));
    }

    [Fact]
    public async Task A_batch_loses_no_neighbour_of_an_event_that_goes_to_the_dead_letters()
    {
        _kafka.CreateTopic("orders", 1);
        _kafka.CreateTopic("dead", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 5);
        var handled = new ConcurrentQueue<string>();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddEventConsumer("orders", "inventory", c => c
            .HandleBatch<string>(
                5,
                TimeSpan.FromSeconds(1),
                (events, _) =>
                {
                    for (var i = 0; i < events.Count; i++)
                    {
                        if (events[i].Event == "\"2\"") throw new BatchFailedException(i, new InvalidOperationException("poison"));

                        handled.Enqueue(events[i].Event);
                    }

                    return ValueTask.CompletedTask;
                })
            .OnFailure(f => f.Retry(1, TimeSpan.Zero).ThenDeadLetter("dead")));
        builder.Services.UseEmbeddedKafka(_kafka);
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.Services.GetRequiredService<HostedConsumers>().Get("inventory").Engine!
            .WaitUntilAsync(static state => state.Committed.GetValueOrDefault(new PartitionId("orders", 0)) == 5, TestContext.Current.CancellationToken).WaitAsync(EmbeddedService.Patience, TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["\"0\"", "\"1\"", "\"3\"", "\"4\""], handled);
        var dead = Read("dead");
        Assert.Equal("\"2\"", dead.Message.Value);
        Assert.Equal("2", Encoding.UTF8.GetString(dead.Message.Headers.GetLastBytes("eventdriven-attempts")));
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private ConsumeResult<string, string> Read(string topic, int partition = 0)
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "reader" }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, 0));
        return consumer.Consume(EmbeddedService.Patience);
    }
}
