using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Topics by pattern, while topics come and go.</summary>
public sealed class PatternTests(SharedBroker broker)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task A_topic_that_appears_is_read_one_that_is_deleted_is_dropped_and_the_others_stay(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var name = $"pattern-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync($"{name}.a", partitions: 2);
        await kafka.CreateTopicAsync($"{name}--{name}.a--dlq", partitions: 1);
        var consumer = Member.Start(kafka, $"^{name}", name, new RecordingPipeline(), options =>
        {
            options.GroupProtocol = protocol;
            options.TopicRefreshInterval = TimeSpan.FromMilliseconds(200);
        });
        await HasTopicsAsync(consumer, "a");
        var disturbed = consumer.WaitUntilAsync(state => state.Assignments.Count(assignment => assignment.Id.Topic == $"{name}.a") != 2, Cancelled);

        await kafka.CreateTopicAsync($"{name}.b", partitions: 2);
        await Member.ProduceAsync(kafka, $"{name}.a", 100, Cancelled);
        await Member.ProduceAsync(kafka, $"{name}.b", 100, Cancelled);
        await consumer.WaitUntilAsync(state => state.Finished == 200, Cancelled).WaitAsync(s_patience, Cancelled);
        await HasTopicsAsync(consumer, "a", "b");
        using (var admin = kafka.CreateAdminClient())
        {
            await admin.DeleteTopicsAsync([$"{name}.b"]);
        }

        await HasTopicsAsync(consumer, "a");
        await Member.ProduceAsync(kafka, $"{name}.a", 50, Cancelled);
        await consumer.WaitUntilAsync(state => state.Finished == 250, Cancelled).WaitAsync(s_patience, Cancelled);

        Assert.False(disturbed.IsCompleted);
        Assert.True(await consumer.StopAsync(s_stopBudget));
        Assert.Equal(150, Member.CommittedSum(kafka, $"{name}.a", name, 2));

        Task HasTopicsAsync(EventConsumer member, params string[] topics) => member.WaitUntilAsync(
            state => state.Assignments.Select(static assignment => assignment.Id.Topic).Distinct().Order().SequenceEqual(topics.Select(topic => $"{name}.{topic}")), Cancelled)
            .WaitAsync(s_patience, Cancelled);
    }
}
