using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
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

    private static Task UntilHandledAsync(EventConsumer consumer, int count) =>
        consumer.WaitUntilAsync(state => state.Finished >= count, Cancelled).WaitAsync(s_patience, Cancelled);

    private static IEnumerable<long> LogEnds(KafkaCluster kafka, string topic)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "reader" }).Build();
        return [.. Enumerable.Range(0, Partitions).Select(partition => reader.QueryWatermarkOffsets(new TopicPartition(topic, partition), s_patience).High.Value)];
    }
}
