using EventDriven.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Topics by pattern, on brokers in this process.</summary>
public class EmbeddedPatternTests
{
    [Fact]
    public async Task Topics_that_match_are_read_others_and_derived_ones_are_not()
    {
        await using var kafka = EmbeddedKafka.Start();
        string[] topics = ["orders.eu", "orders.us", "returns", "inventory--orders.eu--retry-5s", "inventory--orders.eu--dlq"];
        foreach (var topic in topics)
        {
            kafka.CreateTopic(topic, partitions: 1);
            await EmbeddedService.ProduceAsync(kafka, topic, 0, 1);
        }

        await using var service = await EmbeddedService.StartAsync(kafka, ["^.*orders\\.", "returns"]);
        await service.UntilHandledAsync(3);

        await service.UntilAssignedAsync("orders.eu", "orders.us", "returns");
        Assert.Equal(["orders.eu[0]@0", "orders.us[0]@0", "returns[0]@0"], service.Handled.Order(StringComparer.Ordinal));
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync()).Status);
    }

    [Fact]
    public async Task A_topic_that_appears_is_read_from_its_first_event_on_and_the_others_are_not_disturbed()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders.eu", partitions: 2);
        await EmbeddedService.ProduceAsync(kafka, "orders.eu", 0, 1);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await EmbeddedService.StartAsync(
            kafka,
            ["^orders\\."],
            static consumer => consumer.StartAt(StartPosition.Latest),
            async (context, cancellationToken) =>
            {
                if (context.Topic == "orders.eu")
                {
                    started.TrySetResult();
                    await release.Task.WaitAsync(cancellationToken);
                }
            });
        await service.UntilAsync(state => state.Assignments.Count == 2 && state.Assignments.All(assignment => assignment.Position is not null && assignment.Pauses == default));
        await EmbeddedService.ProduceAsync(kafka, "orders.eu", 0, 1);
        await started.Task.WaitAsync(EmbeddedService.Patience);

        kafka.CreateTopic("orders.us", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders.us", 0, 3);
        await service.UntilHandledAsync(3);

        // Latest is where the consumer began: all of a topic that has appeared since is newer than that. The event in its handler goes on meanwhile.
        Assert.Equal(["orders.us[0]@0", "orders.us[0]@1", "orders.us[0]@2"], service.Handled);
        Assert.Empty(service.Logs.Of(101));
        Assert.Contains("Added: orders.us. Dropped: none.", service.Logs.Of(111).Last(), StringComparison.Ordinal);
        release.SetResult();
        await service.UntilCommittedAsync("orders.eu", 0, 2);
        Assert.Equal(4, service.Handled.Count);
    }

    [Fact]
    public async Task A_topic_that_is_deleted_is_dropped()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders.eu", partitions: 1);
        kafka.CreateTopic("orders.us", partitions: 1);
        await using var service = await EmbeddedService.StartAsync(kafka, ["^orders\\."]);
        await service.UntilAssignedAsync("orders.eu", "orders.us");

        kafka.DeleteTopic("orders.us");
        await service.UntilAssignedAsync("orders.eu");

        await EmbeddedService.ProduceAsync(kafka, "orders.eu", 0, 2);
        await service.UntilCommittedAsync("orders.eu", 0, 2);
        Assert.Equal(ConsumerState.Running, service.Control.State);
    }

    [Fact]
    public async Task A_pattern_that_matches_nothing_is_a_state_that_shows_and_ends_by_itself()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("inventory--orders--dlq", partitions: 1);
        await using var service = await EmbeddedService.StartAsync(kafka, ["^.*orders"]);
        await service.UntilAsync(static state => state.WaitsForTopics);

        Assert.Equal(ConsumerState.WaitingForTopics, service.Control.State);
        Assert.Equal(["^.*orders"], service.Control.Status.UnmatchedPatterns);
        var health = await service.HealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Equal("Consumer 'inventory' waits for topics. No topic matches '^.*orders'; the cluster is asked every 00:00:00.1000000.", health.Description);

        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 1);
        await service.UntilHandledAsync(1);
        Assert.Equal(ConsumerState.Running, service.Control.State);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync()).Status);

        // Told once, however often the cluster was asked.
        Assert.Single(service.Logs.Of(112));

        // And it comes back when the last topic goes.
        kafka.DeleteTopic("orders");
        await service.UntilAsync(static state => state.WaitsForTopics && state.Assignments.Count == 0);
        kafka.CreateTopic("orders", partitions: 1);
        await service.UntilAssignedAsync("orders");
    }

    [Fact]
    public async Task Looking_creates_no_topic_and_a_cluster_that_does_not_answer_changes_nothing()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders.eu", partitions: 1);
        await using var service = await EmbeddedService.StartAsync(kafka, ["^orders\\.", "^return"]);
        await service.UntilAssignedAsync("orders.eu");
        Assert.Equal(HealthStatus.Degraded, (await service.HealthAsync()).Status);

        kafka.Faults.StopBrokers();
        await service.UntilAsync(_ => service.Logs.Of(113).Any());
        Assert.Single(service.Control.Status.Partitions);
        kafka.Faults.StartBrokers();
        await EmbeddedService.ProduceAsync(kafka, "orders.eu", 0, 1);
        await service.UntilHandledAsync(1);

        Assert.Equal(["orders.eu"], (await kafka.Observer.WatermarksAsync(CancellationToken.None)).Keys.Select(static partition => partition.Topic));
    }

    [Fact]
    public async Task It_can_be_waited_for_until_all_that_matches_is_caught_up()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders.eu", partitions: 1);
        kafka.CreateTopic("orders.us", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders.eu", 0, 2);
        await EmbeddedService.ProduceAsync(kafka, "orders.us", 0, 3);
        await using var service = await EmbeddedService.StartAsync(kafka, ["^orders\\."]);

        await service.Services.WaitUntilCaughtUpAsync("inventory").WaitAsync(EmbeddedService.Patience);

        Assert.Equal(5, service.Handled.Count);
    }
}
