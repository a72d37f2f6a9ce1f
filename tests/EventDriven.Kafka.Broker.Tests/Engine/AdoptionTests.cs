using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>A group is moved over from hand-written consumers while it works, and back, one member at a time: nothing is lost, nothing is skipped.</summary>
public sealed class AdoptionTests(SharedBroker broker)
{
    private const int Partitions = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData("range", ConsumerGroupProtocol.Auto, ClassicGroupAssignor.CooperativeSticky)]
    [InlineData("range", ConsumerGroupProtocol.Classic, ClassicGroupAssignor.Range)]
    [InlineData("cooperative-sticky", ConsumerGroupProtocol.Auto, ClassicGroupAssignor.CooperativeSticky)]
    [InlineData("cooperative-sticky", ConsumerGroupProtocol.Classic, ClassicGroupAssignor.CooperativeSticky)]
    [InlineData("kip-848", ConsumerGroupProtocol.Auto, ClassicGroupAssignor.CooperativeSticky)]
    public async Task A_group_moves_over_and_back_while_it_works(string theirs, ConsumerGroupProtocol protocol, ClassicGroupAssignor assignor)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"adopt-{theirs}-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, Partitions);
        var handled = new RecordingPipeline();
        RawMember Raw() => RawMember.Start(kafka, topic, topic, handled, ByName(theirs));

        await using var before = Raw();
        await Member.ProduceAsync(kafka, topic, 500, Cancelled);
        await before.HasAsync(Partitions).WaitAsync(s_patience, Cancelled);

        // Over: ours joins, theirs leaves.
        var ours = Start(kafka, topic, handled, protocol, assignor);
        await ours.WaitUntilAsync(state => state.Assignments.Count > 0, Cancelled).WaitAsync(s_patience, Cancelled);
        var producing = Member.ProduceAsync(kafka, topic, 500, Cancelled);
        await before.DisposeAsync();
        await ours.WaitUntilAsync(state => state.Assignments.Count == Partitions, Cancelled).WaitAsync(s_patience, Cancelled);
        await producing;

        // And back.
        await using var after = Raw();
        await UntilAssignedAsync(after, Partitions / 2);
        producing = Member.ProduceAsync(kafka, topic, 500, Cancelled);
        Assert.True(await ours.StopAsync(s_stopBudget));
        await producing;
        await UntilAssignedAsync(after, Partitions);
        var last = Start(kafka, topic, handled, protocol, assignor);
        await last.WaitUntilAsync(state => state.Assignments.Count > 0, Cancelled).WaitAsync(s_patience, Cancelled);
        await after.DisposeAsync();
        await last.WaitUntilAsync(
            state => state.Assignments.Count == Partitions && state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await last.StopAsync(s_stopBudget));

        Assert.Equal(1_500, handled.Handled.Count);
        Assert.Equal(1_500, Member.CommittedSum(kafka, topic, topic, Partitions));
    }

    [BrokerFact]
    public async Task A_group_that_a_classic_member_has_taken_out_of_the_new_protocol_is_joined_with_the_classic_one()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("taken-back", Partitions);
        var handled = new RecordingPipeline();
        await using var before = RawMember.Start(kafka, "taken-back", "taken-back", handled, RawMember.Kip848);
        await before.HasAsync(Partitions).WaitAsync(s_patience, Cancelled);
        var classic = Start(kafka, "taken-back", handled, ConsumerGroupProtocol.Classic, ClassicGroupAssignor.CooperativeSticky);
        await classic.WaitUntilAsync(state => state.Assignments.Count > 0, Cancelled).WaitAsync(s_patience, Cancelled);
        await before.DisposeAsync();
        await classic.WaitUntilAsync(state => state.Assignments.Count == Partitions, Cancelled).WaitAsync(s_patience, Cancelled);

        // The broker does not let a group that has come back change again while it has members.
        await using var refused = RawMember.Start(kafka, "taken-back", "taken-back", handled, RawMember.Kip848);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await refused.Fatal.WaitAsync(s_patience, Cancelled)).Code);
        var auto = Start(kafka, "taken-back", handled, ConsumerGroupProtocol.Auto, ClassicGroupAssignor.CooperativeSticky);
        await auto.WaitUntilAsync(state => state.Assignments.Count > 0, Cancelled).WaitAsync(s_patience, Cancelled);
        await Member.ProduceAsync(kafka, "taken-back", 200, Cancelled);
        Assert.True(await classic.StopAsync(s_stopBudget));
        await auto.WaitUntilAsync(_ => handled.Handled.Count == 200, Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await auto.StopAsync(s_stopBudget));

        Assert.Equal(0, handled.Duplicates);
        Assert.Equal(200, Member.CommittedSum(kafka, "taken-back", "taken-back", Partitions));
    }

    [BrokerTheory]
    [InlineData("range", ClassicGroupAssignor.CooperativeSticky)]
    [InlineData("cooperative-sticky", ClassicGroupAssignor.Range)]
    public async Task Another_assignor_is_refused_with_what_to_do_and_joins_when_the_others_are_gone(string theirs, ClassicGroupAssignor assignor)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"refused-{theirs}";
        await kafka.CreateTopicAsync(topic, Partitions);
        await Member.ProduceAsync(kafka, topic, 100, Cancelled);
        var handled = new RecordingPipeline();
        await using var before = RawMember.Start(kafka, topic, topic, handled, ByName(theirs));
        await before.HasAsync(Partitions).WaitAsync(s_patience, Cancelled);

        var ours = Start(kafka, topic, handled, ConsumerGroupProtocol.Classic, assignor);
        await ours.WaitUntilAsync(state => state.Refused is not null, Cancelled).WaitAsync(s_patience, Cancelled);
        var status = Health.ConsumerStatusReader.Read(ours.Settings.Options, ours.GetSnapshot(), ours.GetLogEnd);
        Assert.Equal(ConsumerState.Failed, status.State);
        Assert.Equal(
            $"live members of the group '{topic}' share its partitions by another assignor than {assignor} (InconsistentGroupProtocol). Set ClassicAssignor to theirs, or stop them all first.",
            status.Reason);

        await before.DisposeAsync();
        await ours.WaitUntilAsync(
            state => state is { Refused: null, Assignments.Count: Partitions } && state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled)
            .WaitAsync(s_patience, Cancelled);
        Assert.True(await ours.StopAsync(s_stopBudget));
        Assert.Equal(100, handled.Handled.Count);
    }

    [BrokerFact]
    public async Task Where_brokers_let_no_live_group_change_its_protocol_Auto_joins_with_the_classic_one_and_Consumer_says_what_to_do()
    {
        await using var kafka = await KafkaCluster.StartAsync(properties: [new("group.consumer.migration.policy", "disabled")], cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("no-migration", Partitions);
        await Member.ProduceAsync(kafka, "no-migration", 100, Cancelled);
        var handled = new RecordingPipeline();
        await using var before = RawMember.Start(kafka, "no-migration", "no-migration", handled, RawMember.CooperativeSticky);
        await before.HasAsync(Partitions).WaitAsync(s_patience, Cancelled);

        var refused = Member.Start(kafka, "no-migration", "no-migration", handled, options =>
        {
            options.GroupProtocol = ConsumerGroupProtocol.Consumer;
            options.OnFatalError = FatalErrorAction.StopConsumer;
        });
        var end = await refused.Completion.WaitAsync(s_patience, Cancelled);
        Assert.Equal(
            "the group 'no-migration' has members of the classic protocol, and the brokers let no group change its protocol while it has members (group.consumer.migration.policy). "
            + "Set GroupProtocol to Auto or Classic until they are gone.",
            end!.Message);

        var ours = Start(kafka, "no-migration", handled, ConsumerGroupProtocol.Auto, ClassicGroupAssignor.CooperativeSticky);
        await ours.WaitUntilAsync(state => state.Assignments.Count > 0, Cancelled).WaitAsync(s_patience, Cancelled);
        await before.DisposeAsync();
        await ours.WaitUntilAsync(
            state => state.Assignments.Count == Partitions && state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await ours.StopAsync(s_stopBudget));
        Assert.Equal(100, handled.Handled.Count);
    }

    private static Action<ConsumerConfig> ByName(string name) => name switch
    {
        "range" => RawMember.Range,
        "cooperative-sticky" => RawMember.CooperativeSticky,
        _ => RawMember.Kip848,
    };

    private static EventConsumer Start(KafkaCluster kafka, string topic, RecordingPipeline handled, ConsumerGroupProtocol protocol, ClassicGroupAssignor assignor) =>
        Member.Start(
            kafka,
            topic,
            topic,
            handled,
            options =>
            {
                options.GroupProtocol = protocol;
                options.ClassicAssignor = assignor;
            },
            protocol == ConsumerGroupProtocol.Classic
                ? static config =>
                {
                    config.SessionTimeoutMs = 6_000;
                    config.HeartbeatIntervalMs = 300;
                }
                : null);

    private static Task UntilAssignedAsync(RawMember member, int partitions) => member.HasAsync(partitions).WaitAsync(s_patience, Cancelled);
}
