using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Members that have an id of their own: restarted, crashed, and there twice.</summary>
public sealed class StaticMemberTests(SharedBroker broker)
{
    private const int Partitions = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task A_restart_moves_nothing_on_the_others(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"static-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, Partitions);
        var pipeline = new RecordingPipeline();
        var stays = Start(kafka, topic, protocol, "a", pipeline);
        var restarts = Start(kafka, topic, protocol, "b", pipeline);
        await Task.WhenAll(Half(stays), Half(restarts));
        var kept = Ids(stays);
        var moved = stays.WaitUntilAsync(state => !Ids(state).SequenceEqual(kept), Cancelled);

        await restarts.StopAsync(s_stopBudget);
        restarts.Start();
        await Half(restarts);
        await Member.ProduceAsync(kafka, topic, 200, Cancelled);
        await stays.WaitUntilAsync(_ => pipeline.Handled.Count == 200, Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.False(moved.IsCompleted);
        Assert.Equal(kept, Ids(stays));
        await Task.WhenAll(stays.StopAsync(s_stopBudget), restarts.StopAsync(s_stopBudget));
        Assert.Equal(0, pipeline.Duplicates);
    }

    [BrokerFact]
    public async Task In_the_classic_protocol_one_without_partitions_keeps_its_place_when_it_is_stopped_too()
    {
        const string Topic = "static-idle";
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(Topic, partitions: 1);
        var pipeline = new RecordingPipeline();
        var busy = Start(kafka, Topic, ConsumerGroupProtocol.Classic, "a", pipeline);
        await busy.WaitUntilAsync(static state => state.Assignments.Count == 1, Cancelled).WaitAsync(s_patience, Cancelled);
        var idle = Start(kafka, Topic, ConsumerGroupProtocol.Classic, "b", pipeline);
        using var admin = kafka.CreateAdminClient();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await DescribeAsync() is not { State: ConsumerGroupState.Stable, Members.Count: 2 }) await timer.WaitForNextTickAsync(Cancelled);

        Assert.True(await idle.StopAsync(s_stopBudget));

        Assert.Equal(2, (await DescribeAsync()).Members.Count);
        await busy.StopAsync(s_stopBudget);

        async Task<ConsumerGroupDescription> DescribeAsync() => (await admin.DescribeConsumerGroupsAsync([Topic])).ConsumerGroupDescriptions[0];
    }

    [BrokerFact]
    public async Task In_the_new_protocol_a_second_process_with_the_id_is_refused_and_the_first_goes_on()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("twice-consumer", Partitions);
        var pipeline = new RecordingPipeline();
        var first = Start(kafka, "twice-consumer", ConsumerGroupProtocol.Consumer, "a", pipeline);
        await first.WaitUntilAsync(state => state.Assignments.Count == Partitions, Cancelled).WaitAsync(s_patience, Cancelled);

        var second = Start(kafka, "twice-consumer", ConsumerGroupProtocol.Consumer, "a", pipeline, FatalErrorAction.StopConsumer);
        var end = await second.Completion.WaitAsync(s_patience, Cancelled);

        Assert.Equal(ConsumerEndReason.InstanceInUse, end!.Reason);
        Assert.Equal(
            "another member of the group 'twice-consumer' has the InstanceId 'a' (UnreleasedInstanceId). "
            + "If it is a process that crashed, its place is free once its session is over. If not, give each process an id of its own.",
            end.Message);
        Assert.Equal(ConsumerState.Failed, Status(second).State);
        await Member.ProduceAsync(kafka, "twice-consumer", 100, Cancelled);
        await first.WaitUntilAsync(state => state.Finished == 100, Cancelled).WaitAsync(s_patience, Cancelled);
        await first.StopAsync(s_stopBudget);
    }

    [BrokerFact]
    public async Task In_the_classic_protocol_a_second_process_with_the_id_ends_the_first_which_does_not_fight_back()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("twice-classic", Partitions);
        var pipeline = new RecordingPipeline();
        var first = Start(kafka, "twice-classic", ConsumerGroupProtocol.Classic, "a", pipeline);
        await first.WaitUntilAsync(state => state.Assignments.Count == Partitions, Cancelled).WaitAsync(s_patience, Cancelled);

        var second = Start(kafka, "twice-classic", ConsumerGroupProtocol.Classic, "a", pipeline);
        var end = await first.Completion.WaitAsync(s_patience, Cancelled);

        Assert.Equal(ConsumerEndReason.InstanceFenced, end!.Reason);
        Assert.Equal(
            "another member of the group 'twice-classic' has the same InstanceId 'a' and has taken this one's place (FencedInstanceId). "
            + "It is not started again, since the two would push one another out without end. Give each process an id of its own, then restart this one.",
            end.Message);
        Assert.Equal(ConsumerState.Failed, Status(first).State);
        await Member.ProduceAsync(kafka, "twice-classic", 100, Cancelled);
        await second.WaitUntilAsync(_ => pipeline.Handled.Count == 100, Cancelled).WaitAsync(s_patience, Cancelled);
        await second.StopAsync(s_stopBudget);
    }

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task The_place_of_a_process_that_crashed_is_taken_over(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"crashed-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, Partitions);
        var pipeline = new RecordingPipeline();
        await using var crashes = RawMember.Start(kafka, topic, topic, pipeline, config =>
        {
            (protocol == ConsumerGroupProtocol.Consumer ? RawMember.Kip848 : (Action<Confluent.Kafka.ConsumerConfig>)RawMember.CooperativeSticky)(config);
            config.GroupInstanceId = "a";
        });
        await crashes.HasAsync(Partitions).WaitAsync(s_patience, Cancelled);

        await crashes.CrashAsync();
        var next = Start(kafka, topic, protocol, "a", pipeline);
        await Member.ProduceAsync(kafka, topic, 100, Cancelled);
        await next.WaitUntilAsync(state => state.Finished == 100, Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.Equal(ConsumerState.Running, Status(next).State);
        await next.StopAsync(s_stopBudget);
    }

    private static EventConsumer Start(
        KafkaCluster kafka, string topic, ConsumerGroupProtocol protocol, string instance, RecordingPipeline pipeline, FatalErrorAction onFatalError = FatalErrorAction.Restart) =>
        Member.Start(
            kafka,
            topic,
            topic,
            pipeline,
            options =>
            {
                options.GroupProtocol = protocol;
                options.InstanceId = instance;
                options.OnFatalError = onFatalError;
            },
            protocol == ConsumerGroupProtocol.Classic
                ? static config =>
                {
                    config.SessionTimeoutMs = 6_000;
                    config.HeartbeatIntervalMs = 300;
                }
                : null);

    private static ConsumerStatus Status(EventConsumer consumer) =>
        Health.ConsumerStatusReader.Read(consumer.Settings.Options, consumer.GetSnapshot(), consumer.GetLogEnd);

    private static Task Half(EventConsumer consumer) =>
        consumer.WaitUntilAsync(state => state.Assignments.Count == Partitions / 2, Cancelled).WaitAsync(s_patience, Cancelled);

    private static PartitionId[] Ids(EventConsumer consumer) => Ids(consumer.GetSnapshot());

    private static PartitionId[] Ids(ConsumerSnapshot state) => [.. state.Assignments.Select(static assignment => assignment.Id).Order()];
}
