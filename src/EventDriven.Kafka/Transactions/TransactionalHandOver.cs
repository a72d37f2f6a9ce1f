using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>Hands failed events over within the transaction that commits their offsets: the record is the output of the event. Thread-safe.</summary>
internal sealed class TransactionalHandOver(ConsumerOutputs outputs, TopicPartitions partitions, string consumer, TimeProvider time)
{
    /// <summary>Makes the record the output of the failed event.</summary>
    /// <exception cref="EventProduceException">By the task: the topic can't be looked up, or brokers have refused the record before.</exception>
    public async Task AppendAsync(ConsumedRecord source, EventFailure failure, string topic, int partition, byte[]? key, byte[]? value, Headers headers)
    {
        var count = await partitions.CountAsync(outputs.Settings.Cluster, topic).ConfigureAwait(false);
        var output = source.Origin is { } origin
            ? outputs.Open(origin.Partition.Topic, origin.Partition.Partition, origin.Offset)
            : outputs.Open(source.Topic, source.Partition, source.Offset);
        var record = outputs.Rent();
        record.Destination = new TopicPartition(topic, partition % count);
        record.Message.Key = key!;
        record.Message.Value = value!;
        record.Message.Headers = headers;

        // The time of writing: with an old timestamp retention would delete it within seconds.
        record.Message.Timestamp = new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds(), TimestampType.CreateTime);
        try
        {
            output.Add(record, new ProduceTarget(consumer, topic, typeof(byte[])));
        }
        catch (EventProduceException refused)
        {
            outputs.Return(record);
            if (refused.Reason is ProduceFailureReason.UnknownTopicOrPartition) partitions.Forget(outputs.Settings.Cluster, topic);
            throw;
        }

        failure.Output = output;
    }

    /// <summary>The event waits for another attempt in the parked log: what brokers have refused of this one they may take then.</summary>
    public void OnParked(in ConsumedRecord source)
    {
        if (source.Origin is { } origin)
        {
            outputs.ForgetPassed(origin.Partition.Topic, origin.Partition.Partition, origin.Offset);
        }
        else
        {
            outputs.ForgetPassed(source.Topic, source.Partition, source.Offset);
        }
    }
}
