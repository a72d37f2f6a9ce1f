using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Security;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Three brokers, of which one after the other is restarted, or one is frozen for longer than a session lasts, while events come.</summary>
public sealed class RollingRestartTests
{
    private const int Partitions = 6;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task Brokers_that_restart_one_after_the_other_cause_no_rebalance_and_repeat_nothing()
    {
        // As brokers have it unless they are told otherwise: no member is to be given up because the machine is busy.
        await using var kafka = await KafkaCluster.StartAsync(nodes: 3, [new("group.consumer.session.timeout.ms", "45000")], cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("rolling", Partitions);
        using var logs = new LogCapture();
        var groups = new[] { ConsumerGroupProtocol.Consumer, ConsumerGroupProtocol.Classic }.Select(protocol =>
        {
            var pipeline = new RecordingPipeline();
            EventConsumer Start() => Member.Start(
                kafka,
                "rolling",
                $"rolling-{protocol}",
                pipeline,
                options => (options.Ordering, options.GroupProtocol) = (OrderingMode.Key, protocol),
                logger: logs.CreateLogger(""));
            return (Pipeline: pipeline, Members: new[] { Start(), Start() });
        }).ToArray();
        EventConsumer[] members = [.. groups.SelectMany(static group => group.Members)];
        await Task.WhenAll(members.Select(static member => member.WaitUntilAsync(static state => state.Assignments.Count == Partitions / 2, Cancelled))).WaitAsync(s_patience, Cancelled);
        var produced = 500;
        await Member.ProduceAsync(kafka, "rolling", produced, Cancelled);
        foreach (var group in groups) await UntilHandledAsync(group.Members[0], group.Pipeline, produced);
        var before = Rebalances(logs);
        using var stop = new CancellationTokenSource();
        var producing = ProduceUntilAsync(kafka, stop.Token);

        foreach (var node in kafka.Nodes)
        {
            await kafka.StopNodeAsync(node);
            await kafka.StartNodeAsync(node, Cancelled);
        }

        await stop.CancelAsync();
        produced += await producing.WaitAsync(s_patience, Cancelled);
        foreach (var group in groups) await UntilHandledAsync(group.Members[0], group.Pipeline, produced);

        // Each member is in its group all the time, and keeps what it has.
        Assert.Equal(before, Rebalances(logs));
        foreach (var member in members) Assert.True(await member.StopAsync(TimeSpan.FromSeconds(20)));
        Assert.All(groups, group => Assert.Equal((produced, 0), (group.Pipeline.Handled.Count, group.Pipeline.Duplicates)));
    }

    [BrokerFact]
    public async Task A_coordinator_that_is_frozen_for_longer_than_a_session_makes_the_group_lose_nothing()
    {
        await using var kafka = await KafkaCluster.StartAsync(nodes: 3, cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("rolling", Partitions);
        var pipeline = new RecordingPipeline();
        var consumer = Member.Start(kafka, "rolling", "rolling", pipeline, static options => options.Ordering = OrderingMode.Key);
        var produced = 500;
        await Member.ProduceAsync(kafka, "rolling", produced, Cancelled);
        await UntilHandledAsync(consumer, pipeline, produced);
        using var stop = new CancellationTokenSource();
        var producing = ProduceUntilAsync(kafka, stop.Token);

        kafka.Pause(await kafka.CoordinatorOfAsync("rolling"));
        await Task.Delay(TimeSpan.FromSeconds(8), Cancelled);
        foreach (var node in kafka.Nodes) kafka.Resume(node);
        await stop.CancelAsync();
        produced += await producing.WaitAsync(s_patience, Cancelled);
        await Member.ProduceAsync(kafka, "rolling", 500, Cancelled).WaitAsync(s_patience, Cancelled);
        produced += 500;

        await UntilHandledAsync(consumer, pipeline, produced);

        // It may have given the member up, and refuses its commits until it has joined again: what it did meanwhile comes again.
        await UntilCommittedAsync(kafka, produced).WaitAsync(s_patience, Cancelled);
        Assert.True(await consumer.StopAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(produced, Member.CommittedSum(kafka, "rolling", "rolling", Partitions));
    }

    /// <summary>What members have told of partitions that were given to them, revoked, or lost.</summary>
    private static string[] Rebalances(LogCapture logs) => [.. logs.Of(100), .. logs.Of(101), .. logs.Of(102)];

    private static Task UntilHandledAsync(EventConsumer consumer, RecordingPipeline pipeline, int count) =>
        consumer.WaitUntilAsync(_ => pipeline.Handled.Count >= count, Cancelled).WaitAsync(s_patience, Cancelled);

    private static Task UntilCommittedAsync(KafkaCluster kafka, int count) => Task.Run(
        () =>
        {
            while (Member.CommittedSum(kafka, "rolling", "rolling", Partitions) < count) Cancelled.ThrowIfCancellationRequested();
        },
        Cancelled);

    /// <summary>Produces one event after the other, whatever becomes of the brokers.</summary>
    /// <returns>How many were acknowledged.</returns>
    private static async Task<int> ProduceUntilAsync(KafkaCluster kafka, CancellationToken stop)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 0 })
            .SetLogHandler(static (_, _) => { }).Build();
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            await producer.ProduceAsync("rolling", new Message<string, string> { Key = $"key-{count % 50}", Value = count.ToString(CultureInfo.InvariantCulture) }, CancellationToken.None);
            count++;
        }

        return count;
    }
}
