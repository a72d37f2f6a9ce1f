using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>What the engine promises, on a broker that does not misbehave.</summary>
public sealed class EngineTests(SharedBroker broker)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task Scaling_out_and_in_under_load_repeats_nothing(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"scaling-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, partitions: 6);
        var pipeline = new RecordingPipeline((_, _) => Task.Delay(2, Cancelled));
        void Options(EventConsumerOptions options)
        {
            options.GroupProtocol = protocol;
            options.Ordering = OrderingMode.Key;
            options.MaxConcurrency = 8;
        }

        var produced = 0;
        async Task ProduceUntilHandledBy(EventConsumer member)
        {
            var handled = member.WaitUntilAsync(state => state.Finished >= 300, Cancelled).WaitAsync(s_patience, Cancelled);
            while (!handled.IsCompleted)
            {
                await Member.ProduceAsync(kafka, topic, 600, Cancelled);
                produced += 600;
            }

            await handled;
        }

        var first = Member.Start(kafka, topic, topic, pipeline, Options);
        await ProduceUntilHandledBy(first);
        var second = Member.Start(kafka, topic, topic, pipeline, Options);
        await ProduceUntilHandledBy(second);
        Assert.True(await first.StopAsync(s_stopBudget));
        await second.WaitUntilAsync(
            state => state.Assignments.Count == 6 && state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await second.StopAsync(s_stopBudget));

        Assert.Equal(produced, pipeline.Handled.Count);
        Assert.Equal(0, pipeline.Duplicates);
        Assert.Equal(produced, Member.CommittedSum(kafka, topic, topic, 6));
    }

    [BrokerFact]
    public async Task A_member_that_stops_while_it_joins_a_classic_group_is_waited_for_by_nobody()
    {
        // Sessions last 45 seconds, as clients have it.
        const string Topic = "stops-while-joining";
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(Topic, partitions: 2);
        var pipeline = new RecordingPipeline();
        EventConsumer Start() => Member.Start(kafka, Topic, Topic, pipeline, static options => options.GroupProtocol = ConsumerGroupProtocol.Classic);
        var first = Start();
        await first.WaitUntilAsync(static state => state.Assignments.Count == 2, Cancelled).WaitAsync(s_patience, Cancelled);

        // It joins until the first one has heard of it, at its next heartbeat, which may come at once.
        var second = Start();
        await UntilJoiningAsync(kafka, Topic, second).WaitAsync(s_patience, Cancelled);
        Assert.True(await second.StopAsync(s_stopBudget));

        var spent = Stopwatch.StartNew();
        var third = Start();
        await third.WaitUntilAsync(static state => state.Assignments.Count == 1, Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.InRange(spent.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        await Task.WhenAll(first.StopAsync(s_stopBudget), third.StopAsync(s_stopBudget));
    }

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task All_members_restart_one_after_the_other_under_load_and_nothing_is_lost_repeated_or_out_of_order(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"all-restart-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, partitions: 6);
        var starts = new ConcurrentDictionary<string, ConcurrentQueue<long>>();
        var pipeline = new RecordingPipeline(async (record, _) =>
        {
            starts.GetOrAdd(Encoding.UTF8.GetString(record.Key!), static _ => []).Enqueue(record.Offset);
            await Task.Delay(2, Cancelled);
        });
        EventConsumer Start() => Member.Start(kafka, topic, topic, pipeline, options =>
        {
            options.GroupProtocol = protocol;
            options.Ordering = OrderingMode.Key;
            options.MaxConcurrency = 8;
        });
        Task HandlesAsync(EventConsumer member) => member.WaitUntilAsync(static state => state.Finished >= 200, Cancelled).WaitAsync(s_patience, Cancelled);
        using var stop = new CancellationTokenSource();
        var producing = ProduceUntilAsync(kafka, topic, stop.Token);
        EventConsumer[] members = [Start(), Start(), Start()];
        await Task.WhenAll(members.Select(HandlesAsync));

        for (var i = 0; i < members.Length; i++)
        {
            Assert.True(await members[i].StopAsync(s_stopBudget));
            members[i] = Start();
            await HandlesAsync(members[i]);
        }

        await stop.CancelAsync();
        var produced = await producing.WaitAsync(s_patience, Cancelled);
        await members[0].WaitUntilAsync(_ => pipeline.Handled.Count == produced, Cancelled).WaitAsync(s_patience, Cancelled);
        await Task.WhenAll(members.Select(static member => member.StopAsync(s_stopBudget)));

        Assert.Equal(0, pipeline.Duplicates);
        Assert.All(starts.Values, static offsets => Assert.Equal(offsets.Order(), offsets));
        Assert.Equal(produced, Member.CommittedSum(kafka, topic, topic, 6));
    }

    [BrokerFact]
    public async Task All_members_of_a_classic_group_stopped_at_once_leave_nothing_to_repeat()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("all-at-once", partitions: 6);
        var pipeline = new RecordingPipeline((_, _) => Task.Delay(2, Cancelled));
        EventConsumer Start() => Member.Start(
            kafka, "all-at-once", "all-at-once", pipeline, options => options.GroupProtocol = ConsumerGroupProtocol.Classic);
        await Member.ProduceAsync(kafka, "all-at-once", 6_000, Cancelled);
        var members = new[] { Start(), Start(), Start() };
        await Task.WhenAll(members.Select(member => member.WaitUntilAsync(state => state.Finished > 100, Cancelled))).WaitAsync(s_patience, Cancelled);

        await Task.WhenAll(members.Select(member => member.StopAsync(s_stopBudget)));
        var next = Start();
        await next.WaitUntilAsync(
            state => state.Assignments.Count == 6 && state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled).WaitAsync(s_patience, Cancelled);
        await next.StopAsync(s_stopBudget);

        Assert.Equal(6_000, pipeline.Handled.Count);
        Assert.Equal(0, pipeline.Duplicates);
    }

    [BrokerFact]
    public async Task A_handler_slower_than_the_poll_interval_is_not_evicted()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("slow", partitions: 1);
        await Member.ProduceAsync(kafka, "slow", 2, Cancelled);
        var pipeline = new RecordingPipeline((_, tokens) => Task.Delay(8_000, tokens.Cancelled));

        var consumer = Member.Start(kafka, "slow", "slow", pipeline, client: config =>
        {
            config.MaxPollIntervalMs = 6_000;
        });
        await consumer.WaitUntilAsync(state => state.Finished == 2, Cancelled).WaitAsync(s_patience, Cancelled);
        await consumer.StopAsync(s_stopBudget);

        Assert.Equal(0, pipeline.Duplicates);
        Assert.Equal(2, Member.CommittedSum(kafka, "slow", "slow", 1));
    }

    [BrokerFact]
    public async Task A_failing_event_stops_its_partition_and_retry_goes_on_from_it()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("failing", partitions: 2);
        await Member.ProduceAsync(kafka, "failing", 100, Cancelled);
        var healed = false;
        var pipeline = new RecordingPipeline((record, _) => record is { Partition: 0, Offset: 5 } && !Volatile.Read(ref healed)
            ? throw new InvalidOperationException("poison")
            : Task.CompletedTask);

        var consumer = Member.Start(kafka, "failing", "failing", pipeline);
        await consumer.WaitUntilAsync(
            state => state.Assignments.Any(assignment => assignment.StoppedAt?.Offset == 5) && state.Assignments.Any(assignment => assignment.IsAtEnd),
            Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.DoesNotContain(pipeline.Handled.Keys, handled => handled is { Partition: 0, Offset: >= 5 });

        Volatile.Write(ref healed, true);
        consumer.Retry();
        await consumer.WaitUntilAsync(state => state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled).WaitAsync(s_patience, Cancelled);
        await consumer.StopAsync(s_stopBudget);
        Assert.Equal(100, pipeline.Handled.Count);
        Assert.Equal(0, pipeline.Duplicates);
    }

    [BrokerFact]
    public async Task Commits_are_what_the_command_line_tool_shows()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("shown", partitions: 1);
        await Member.ProduceAsync(kafka, "shown", 123, Cancelled);
        var consumer = Member.Start(kafka, "shown", "shown", new RecordingPipeline());
        await consumer.WaitUntilAsync(state => state.Finished == 123, Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await consumer.StopAsync(s_stopBudget));

        var shown = await kafka.RunToolAsync("kafka-consumer-groups.sh", ["--describe", "--group", "shown"], cancellationToken: Cancelled);

        Assert.Matches(@"shown\s+shown\s+0\s+123\s+123\s+0\s", shown);
    }

    [BrokerFact]
    public async Task A_consumer_that_starts_at_the_latest_event_misses_nothing_written_after_that()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("latest", partitions: 2);
        await Member.ProduceAsync(kafka, "latest", 50, Cancelled);
        var pipeline = new RecordingPipeline();
        EventConsumer Start() => Member.Start(kafka, "latest", "latest", pipeline, options => options.StartAt = StartPosition.Latest);
        var first = Start();
        await first.WaitUntilAsync(
            state => state.Assignments.Count == 2 && state.Assignments.All(assignment => assignment.Position is not null), Cancelled).WaitAsync(s_patience, Cancelled);
        await first.StopAsync(s_stopBudget);

        await Member.ProduceAsync(kafka, "latest", 30, Cancelled);
        var second = Start();
        await second.WaitUntilAsync(state => state.Finished == 30, Cancelled).WaitAsync(s_patience, Cancelled);
        await second.StopAsync(s_stopBudget);

        Assert.Equal(30, pipeline.Handled.Count);
    }

    [BrokerFact]
    public async Task A_broker_without_the_new_group_protocol_is_joined_with_the_classic_one()
    {
        await using KafkaCluster kafka = await KafkaCluster.StartAsync(properties: [KafkaCluster.WithoutKip848], cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("classic-only", partitions: 2);
        await Member.ProduceAsync(kafka, "classic-only", 100, Cancelled);
        var consumer = Member.Start(kafka, "classic-only", "classic-only", new RecordingPipeline());

        await consumer.WaitUntilAsync(state => state.Finished == 100, Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.True(await consumer.StopAsync(s_stopBudget));
        Assert.Equal(100, Member.CommittedSum(kafka, "classic-only", "classic-only", 2));
    }

    [BrokerFact]
    public async Task A_crashed_broker_is_survived_and_a_frozen_one_does_not_hold_up_a_stop()
    {
        await using KafkaCluster kafka = await KafkaCluster.StartAsync(cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("faults", partitions: 2);
        await Member.ProduceAsync(kafka, "faults", 100, Cancelled);
        var pipeline = new RecordingPipeline();
        var consumer = Member.Start(kafka, "faults", "faults", pipeline);
        await consumer.WaitUntilAsync(state => state.Finished == 100, Cancelled).WaitAsync(s_patience, Cancelled);

        await kafka.KillAsync(1);
        await kafka.StartNodeAsync(1, Cancelled);
        await Member.ProduceAsync(kafka, "faults", 100, Cancelled);
        await consumer.WaitUntilAsync(_ => pipeline.Handled.Count == 200, Cancelled).WaitAsync(s_patience, Cancelled);

        kafka.Pause(1);
        var started = Stopwatch.GetTimestamp();
        await consumer.StopAsync(TimeSpan.FromSeconds(6));
        var took = Stopwatch.GetElapsedTime(started);
        kafka.Resume(1);
        Assert.True(took < TimeSpan.FromSeconds(8), $"The stop took {took}.");
    }

    /// <summary>Produces some events each tenth of a second.</summary>
    /// <returns>How many.</returns>
    private static async Task<int> ProduceUntilAsync(KafkaCluster kafka, string topic, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var produced = 0;
        while (!stop.IsCancellationRequested)
        {
            await Member.ProduceAsync(kafka, topic, 200, Cancelled);
            produced += 200;
            await timer.WaitForNextTickAsync(Cancelled);
        }

        return produced;
    }

    /// <summary>Waits until a group waits for its members to join, or one of them has joined already.</summary>
    private static async Task UntilJoiningAsync(KafkaCluster kafka, string group, EventConsumer member)
    {
        using var admin = kafka.CreateAdminClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await admin.DescribeConsumerGroupsAsync([group])).ConsumerGroupDescriptions[0].State != ConsumerGroupState.PreparingRebalance && member.GetSnapshot().Assignments.Count == 0)
        {
            await timer.WaitForNextTickAsync(Cancelled);
        }
    }
}
