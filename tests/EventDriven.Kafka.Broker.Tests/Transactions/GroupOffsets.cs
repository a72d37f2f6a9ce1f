using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventDriven.Kafka.Broker.Tests.Transactions;

/// <summary>How far a group has come, as brokers see it.</summary>
internal static class GroupOffsets
{
    /// <summary>The sum of its committed offsets on a topic: how many events are behind it, where nothing but events is in the topic.</summary>
    public static async Task<long> SumAsync(IAdminClient admin, string topic, int partitions, string group)
    {
        var offsets = await admin.ListConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitions(group, [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))])],
            new ListConsumerGroupOffsetsOptions { RequestTimeout = TimeSpan.FromSeconds(30) });
        return offsets[0].Partitions.Where(static one => !one.Offset.IsSpecial).Sum(static one => one.Offset.Value);
    }
}
