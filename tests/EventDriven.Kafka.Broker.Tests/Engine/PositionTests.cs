using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Where a consumer starts, and is told to go on.</summary>
public sealed class PositionTests(SharedBroker broker)
{
    private static readonly DateTimeOffset s_noon = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(-12), TimeSpan.Zero);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData("before", -60, 3)]
    [InlineData("between", 90, 1)]
    [InlineData("after", 600, 0)]
    public async Task A_time_to_start_at_lies_before_within_or_after_the_log(string name, int seconds, int handled)
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync($"time-{name}", partitions: 1);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build())
        {
            for (var minute = 0; minute < 3; minute++)
            {
                await producer.ProduceAsync(
                    $"time-{name}", new Message<Null, string> { Value = "", Timestamp = new Timestamp(s_noon.AddMinutes(minute)) }, Cancelled);
            }
        }

        var consumer = Member.Start(kafka, $"time-{name}", $"time-{name}", new RecordingPipeline(), options =>
        {
            options.StartAt = StartPosition.Timestamp;
            options.StartTimestamp = s_noon.AddSeconds(seconds);
        });
        await consumer.WaitUntilAsync(static state => state.Assignments is [{ IsAtEnd: true, Position: 3 }], Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.Equal(handled, consumer.GetSnapshot().Finished);
        Assert.True(await consumer.StopAsync(s_stopBudget));
        Assert.Equal(3, Member.CommittedSum(kafka, $"time-{name}", $"time-{name}", 1));
    }

    [BrokerFact]
    public async Task A_group_that_was_deleted_starts_where_a_new_one_would()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("group-deleted", partitions: 1);
        await Member.ProduceAsync(kafka, "group-deleted", 10, Cancelled);
        var pipeline = new RecordingPipeline();
        for (var run = 1; run <= 2; run++)
        {
            var consumer = Member.Start(kafka, "group-deleted", "group-deleted", pipeline);
            await consumer.WaitUntilAsync(static state => state.Committed.Values.Contains(10), Cancelled).WaitAsync(s_patience, Cancelled);
            Assert.True(await consumer.StopAsync(s_stopBudget));
            await kafka.RunToolAsync("kafka-consumer-groups.sh", ["--delete", "--group", "group-deleted"], cancellationToken: Cancelled);
        }

        Assert.Equal(10, pipeline.Handled.Count);
        Assert.Equal(10, pipeline.Duplicates);
    }

    [BrokerFact]
    public async Task Records_of_a_megabyte_that_come_faster_than_they_are_handled_stay_within_the_budget()
    {
        const int Budget = 8 * 1024 * 1024;
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("large", 2, new KeyValuePair<string, string>("max.message.bytes", "2000000"));
        using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, MessageMaxBytes = 2_000_000 }).Build())
        {
            for (var i = 0; i < 60; i++) await producer.ProduceAsync(new TopicPartition("large", i % 2), new Message<Null, byte[]> { Value = new byte[1_000_000] }, Cancelled);
        }

        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipeline = new RecordingPipeline((_, _) => end.Task);
        var consumer = Member.Start(kafka, "large", "large", pipeline, static options => options.MaxBufferedBytes = Budget);
        var most = 0L;
        await consumer.WaitUntilAsync(
            state =>
            {
                most = Math.Max(most, state.Assignments.Sum(static assignment => assignment.HeldBytes));
                return state.Assignments.Count == 2 && state.Assignments.All(static assignment => (assignment.Pauses & PauseReasons.Backpressure) != 0);
            },
            Cancelled).WaitAsync(s_patience, Cancelled);
        end.SetResult();
        await consumer.WaitUntilAsync(
            state =>
            {
                most = Math.Max(most, state.Assignments.Sum(static assignment => assignment.HeldBytes));
                return state.Finished == 60;
            },
            Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await consumer.StopAsync(s_stopBudget));

        // Each partition may have one record that does not fit into its share any more.
        Assert.InRange(most, 2_000_000, Budget + 2_100_000);
    }

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task A_seek_back_while_paused_is_committed_at_once_and_read_when_resumed(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"seek-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, partitions: 1);
        await Member.ProduceAsync(kafka, topic, 100, Cancelled);
        var consumer = Member.Start(kafka, topic, topic, new RecordingPipeline(), options => options.GroupProtocol = protocol);
        await consumer.WaitUntilAsync(state => state.Committed.Values.Contains(100), Cancelled).WaitAsync(s_patience, Cancelled);

        consumer.SetPaused(true);
        await consumer.SeekAsync(new PartitionId(topic, 0), 40).WaitAsync(s_patience, Cancelled);
        Assert.Equal(40, Member.CommittedSum(kafka, topic, topic, 1));
        Assert.Equal(100, consumer.GetSnapshot().Finished);
        consumer.SetPaused(false);
        await consumer.WaitUntilAsync(static state => state is { Finished: 160, Assignments: [{ Position: 100 }] }, Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.True(await consumer.StopAsync(s_stopBudget));
        Assert.Equal(100, Member.CommittedSum(kafka, topic, topic, 1));
    }
}
