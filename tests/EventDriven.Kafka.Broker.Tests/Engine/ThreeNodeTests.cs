using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Security;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Three brokers, of which one crashes or freezes under load.</summary>
public sealed class ThreeNodeTests
{
    private const int Partitions = 6;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task When_the_coordinator_crashes_under_load_nothing_is_lost_and_consumption_goes_on()
    {
        await using var kafka = await KafkaCluster.StartAsync(nodes: 3, cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("crash", Partitions);
        var pipeline = new RecordingPipeline();
        var consumer = Member.Start(kafka, "crash", "crash", pipeline, options => options.Ordering = OrderingMode.Key);
        await Member.ProduceAsync(kafka, "crash", 1_000, Cancelled);
        await UntilHandledAsync(consumer, 1_000);

        var producing = Member.ProduceAsync(kafka, "crash", 5_000, Cancelled);
        await kafka.KillAsync(await kafka.CoordinatorOfAsync("crash"));
        await producing.WaitAsync(s_patience, Cancelled);
        await Member.ProduceAsync(kafka, "crash", 1_000, Cancelled).WaitAsync(s_patience, Cancelled);
        await consumer.WaitUntilAsync(
            state => state.Assignments.Count == Partitions && state.Assignments.All(assignment => assignment.IsAtEnd) && pipeline.Handled.Count == 7_000, Cancelled)
            .WaitAsync(s_patience, Cancelled);
        Assert.True(await consumer.StopAsync(s_stopBudget));

        // Each acknowledged event was handled, and the group stands at the end of each partition.
        Assert.Equal(LogEnds(kafka, "crash"), Enumerable.Range(0, Partitions).Select(partition => pipeline.Handled.Keys.LongCount(record => record.Partition == partition)));
        Assert.Equal(7_000, Member.CommittedSum(kafka, "crash", "crash", Partitions));
    }

    [BrokerFact]
    public async Task A_stop_while_the_coordinator_is_frozen_ends_in_its_time_and_loses_nothing()
    {
        await using var kafka = await KafkaCluster.StartAsync(nodes: 3, cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("freeze", Partitions);
        var pipeline = new RecordingPipeline();
        var consumer = Member.Start(kafka, "freeze", "freeze", pipeline);
        await Member.ProduceAsync(kafka, "freeze", 1_000, Cancelled);
        await UntilHandledAsync(consumer, 1_000);
        var coordinator = await kafka.CoordinatorOfAsync("freeze");

        kafka.Pause(coordinator);
        var started = Stopwatch.GetTimestamp();
        await consumer.StopAsync(s_stopBudget).WaitAsync(s_patience, Cancelled);
        var stopped = Stopwatch.GetElapsedTime(started);
        kafka.Resume(coordinator);

        // A second more than its time, for two busy processors.
        Assert.InRange(stopped, TimeSpan.Zero, s_stopBudget + TimeSpan.FromSeconds(1));
        await Member.ProduceAsync(kafka, "freeze", 1_000, Cancelled).WaitAsync(s_patience, Cancelled);
        var next = Member.Start(kafka, "freeze", "freeze", pipeline);
        await next.WaitUntilAsync(
            state => state.Assignments.Count == Partitions && state.Assignments.All(assignment => assignment.IsAtEnd) && pipeline.Handled.Count == 2_000, Cancelled)
            .WaitAsync(s_patience, Cancelled);
        Assert.True(await next.StopAsync(s_stopBudget));
        Assert.Equal(2_000, Member.CommittedSum(kafka, "freeze", "freeze", Partitions));
    }

    /// <summary>Where the new log ends below the old position when it is first read, and where it has grown beyond it.</summary>
    [BrokerTheory]
    [InlineData(20)]
    [InlineData(60)]
    public async Task A_log_that_has_lost_its_end_in_an_unclean_election_is_noticed_and_what_is_written_then_is_handled(int written)
    {
        const int Kept = 10;
        await using var kafka = await KafkaCluster.StartAsync(nodes: 3, cancellationToken: Cancelled);
        await CreateUncleanTopicAsync(kafka);
        using var logs = new LogCapture();
        var pipeline = new RecordingPipeline();
        var consumer = Member.Start(kafka, "unclean", "unclean", pipeline, logger: logs.CreateLogger(""));
        await Member.ProduceAsync(kafka, "unclean", Kept, Cancelled);
        await UntilCommittedAsync(consumer, Kept);
        var leader = await kafka.LeaderOfAsync("unclean", 0);
        var follower = 3 - leader;
        await kafka.StopNodeAsync(follower);
        await Member.ProduceAsync(kafka, "unclean", 30, Cancelled).WaitAsync(s_patience, Cancelled);
        await UntilCommittedAsync(consumer, Kept + 30);
        pipeline.Handled.Clear();

        // Only the leader has the last 30.
        await kafka.KillAsync(leader);
        await kafka.StartNodeAsync(follower, Cancelled);
        await Member.ProduceAsync(kafka, "unclean", written, Cancelled).WaitAsync(s_patience, Cancelled);
        await consumer.WaitUntilAsync(
            _ => Enumerable.Range(Kept, written).All(offset => pipeline.Handled.ContainsKey((0, offset))), Cancelled).WaitAsync(s_patience, Cancelled);
        await UntilCommittedAsync(consumer, Kept + written);
        Assert.True(await consumer.StopAsync(s_stopBudget));

        Assert.Equal(Kept + written, LogEnds(kafka, "unclean", partitions: 1).Single());
        Assert.Equal(Kept + written, Member.CommittedSum(kafka, "unclean", "unclean", 1));
        Assert.Contains(logs.Of(106), static line => line.Contains("unclean[0] went back to offset", StringComparison.Ordinal));
    }

    /// <summary>One partition with two replicas, either of which may lead, whatever it has. The third node keeps the quorum of controllers while one of the two is away.</summary>
    private static async Task CreateUncleanTopicAsync(KafkaCluster kafka)
    {
        using var admin = kafka.CreateAdminClient();
        await admin.CreateTopicsAsync(
        [
            new TopicSpecification
            {
                Name = "unclean",
                NumPartitions = 1,
                ReplicasAssignments = new() { [0] = [1, 2] },
                Configs = new() { ["unclean.leader.election.enable"] = "true", ["min.insync.replicas"] = "1" },
            },
        ]);
    }

    private static Task UntilCommittedAsync(EventConsumer consumer, long offset) =>
        consumer.WaitUntilAsync(state => state.Committed.GetValueOrDefault(new PartitionId("unclean", 0)) == offset, Cancelled).WaitAsync(s_patience, Cancelled);

    private static Task UntilHandledAsync(EventConsumer consumer, int count) =>
        consumer.WaitUntilAsync(state => state.Finished >= count, Cancelled).WaitAsync(s_patience, Cancelled);

    private static IEnumerable<long> LogEnds(KafkaCluster kafka, string topic, int partitions = Partitions)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "reader" }).Build();
        return [.. Enumerable.Range(0, partitions).Select(partition => reader.QueryWatermarkOffsets(new TopicPartition(topic, partition), s_patience).High.Value)];
    }
}
