using Confluent.Kafka;

namespace EventDriven.Kafka.Hosting;

/// <summary>
/// What has to come before a request of the administration client that goes to the leader of a partition, as the deletion of records does. A leader that the client does
/// not know it waits for, in a way that ends the process where the answer arrives in the same moment: its own thread then ends the request under the caller's
/// (librdkafka 2.16, <c>rd_kafka_topic_partition_list_query_leaders_async</c>). One that it knows it does not wait for.
/// </summary>
internal static class PartitionLeader
{
    /// <summary>Has the client know the leader. Blocks until a broker has answered, no longer than the time given.</summary>
    /// <exception cref="KafkaException">There is no such partition, it has no leader now, or no broker has answered in time.</exception>
    public static void Learn(IAdminClient admin, TopicPartition partition, TimeSpan timeout)
    {
        var topic = admin.GetMetadata(partition.Topic, timeout).Topics.Find(topic => topic.Topic == partition.Topic);
        var found = topic?.Partitions.Find(found => found.PartitionId == partition.Partition.Value);
        var error = topic is null ? ErrorCode.UnknownTopicOrPart
            : topic.Error.IsError ? topic.Error.Code
            : found is null ? ErrorCode.UnknownTopicOrPart
            : found.Leader < 0 ? ErrorCode.LeaderNotAvailable
            : ErrorCode.NoError;
        if (error != ErrorCode.NoError) throw new KafkaException(error);
    }
}
