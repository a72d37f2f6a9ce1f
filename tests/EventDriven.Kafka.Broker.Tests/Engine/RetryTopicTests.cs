using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Events that wait in retry topics while members come and go, the broker crashes, and the topic is deleted.</summary>
public sealed class RetryTopicTests(SharedBroker broker)
{
    private readonly ConcurrentQueue<(string Event, int Attempt, TimeSpan Late)> _attempts = [];

    private IEnumerable<(string Event, int Attempt)> Distinct => _attempts.Select(static attempt => (attempt.Event, attempt.Attempt)).Distinct();

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task A_rebalance_while_events_wait_makes_none_early_and_loses_none(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"waiting-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, partitions: 4);
        await ProduceAsync(kafka, topic, "fails", 100);
        await using var first = await RetryingService.StartAsync(kafka, topic, "8s", _attempts, options => options.GroupProtocol = protocol);
        await first.UntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Waiting) > 0);

        await using (var second = await RetryingService.StartAsync(kafka, topic, "8s", _attempts, options => options.GroupProtocol = protocol))
        {
            await second.UntilAsync(state => state.Assignments.Any(assignment => assignment.Id.Topic != topic && assignment.Waiting > 0));
            Assert.DoesNotContain(_attempts, static attempt => attempt.Attempt > 1);
        }

        await first.UntilAsync(_ => Distinct.Count() == 200);

        await first.UntilAsync(static state => state.Assignments.Count == 8 && state.Assignments.All(static assignment => assignment.IsAtEnd));
        Assert.All(_attempts, static attempt => Assert.True(attempt.Late >= TimeSpan.Zero, $"{attempt.Event} was started {-attempt.Late} early."));
        Assert.Equal(200, _attempts.Count);
    }

    [BrokerFact]
    public async Task A_crash_of_the_broker_while_events_wait_makes_none_early_and_loses_none()
    {
        await using KafkaCluster kafka = await KafkaCluster.StartAsync();
        await kafka.CreateTopicAsync("crash", partitions: 2);
        await ProduceAsync(kafka, "crash", "fails", 50);
        await using var service = await RetryingService.StartAsync(kafka, "crash", "5s", _attempts);
        await service.UntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Waiting) == 50);

        await kafka.KillAsync(1);
        await kafka.StartNodeAsync(1);
        await ProduceAsync(kafka, "crash", "fails after", 50);

        await service.UntilAsync(_ => Distinct.Count() == 200);
        await service.UntilAsync(static state => state.Assignments.Count == 4 && state.Assignments.All(static assignment => assignment.IsAtEnd));
        Assert.All(_attempts, static attempt => Assert.True(attempt.Late >= TimeSpan.Zero, $"{attempt.Event} was started {-attempt.Late} early."));
    }

    [BrokerFact]
    public async Task A_retry_topic_deleted_while_events_wait_neither_ends_nor_wedges_the_consumer()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("deleted", partitions: 1);
        await ProduceAsync(kafka, "deleted", "fails", 1);
        await using var service = await RetryingService.StartAsync(kafka, "deleted", "1s", _attempts);
        await service.UntilAsync(_ => Distinct.Contains(("fails 0", 2)));

        using (var admin = kafka.CreateAdminClient())
        {
            await admin.DeleteTopicsAsync(["deleted--deleted--retry-1s"]);
        }

        await service.UntilAsync(static state => state.Assignments.Count == 1);
        await ProduceAsync(kafka, "deleted", "fails later", 1);
        await ProduceAsync(kafka, "deleted", "fine", 20);
        await service.UntilAsync(_ => Distinct.Count() == 23);

        // The one that failed is held, before the position; everything else went on.
        await service.UntilAsync(static state => state.Assignments.Single() is { Running: 1, Held: 1, StoppedAt: null, Position: 1 });

        await kafka.CreateTopicAsync("deleted--deleted--retry-1s", partitions: 1);
        await service.UntilAsync(_ => Distinct.Contains(("fails later 0", 2)));
        await service.UntilAsync(static state => state.Assignments.Count == 2 && state.Assignments.All(static assignment => assignment.IsAtEnd));
    }

    private static async Task ProduceAsync(KafkaCluster kafka, string topic, string text, int count)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 5 }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(topic, new Message<string, string> { Key = $"key-{i}", Value = $"{text} {i}" })));
    }
}
