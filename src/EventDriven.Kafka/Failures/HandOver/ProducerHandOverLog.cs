using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>Writes by a client that the consumers of one cluster share, with settings of its own. Thread-safe.</summary>
internal sealed class ProducerHandOverLog(ProducerClient client, TopicPartitions partitions, string consumer, ILogger logger, TimeProvider time) : IHandOverLog
{
    private readonly ConcurrentDictionary<string, FlushEpochs> _topics = new(StringComparer.Ordinal);

    public async Task<EventReceipt> AppendAsync(string topic, int partition, byte[]? key, byte[]? value, Headers headers)
    {
        var count = await partitions.CountAsync(client.Cluster, topic).ConfigureAwait(false);
        try
        {
            return await SendAsync(new TopicPartition(topic, partition % count), key, value, headers).ConfigureAwait(false);
        }
        catch (EventProduceException refused) when (refused.Reason is ProduceFailureReason.UnknownTopicOrPartition)
        {
            partitions.Forget(client.Cluster, topic);
            throw;
        }
    }

    private Task<EventReceipt> SendAsync(TopicPartition destination, byte[]? key, byte[]? value, Headers headers)
    {
        var epochs = _topics.GetOrAdd(destination.Topic, name => new FlushEpochs(new ProducerFailures(new ProduceTarget(consumer, name, typeof(byte[])), logger, time)));
        var pending = new AwaitedRecord(epochs.Begin(), CancellationToken.None);
        var record = client.Rent();
        record.Destination = destination;
        record.Message.Key = key!;
        record.Message.Value = value!;
        record.Message.Headers = headers;

        // The time of writing: with an old timestamp retention would delete it within seconds.
        record.Message.Timestamp = new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds(), TimestampType.CreateTime);
        try
        {
            if (client.Send(record, pending, CancellationToken.None) is { } waiting)
            {
                _ = RefuseIfFailedAsync(waiting, pending);
            }
        }
        catch (EventProduceException refused)
        {
            client.Return(record);
            pending.Discard(refused);
            pending.Refuse(refused);
        }

        return pending.Task;
    }

    private static async Task RefuseIfFailedAsync(Task waiting, AwaitedRecord pending)
    {
        try
        {
            await waiting.ConfigureAwait(false);
        }
        catch (EventProduceException refused)
        {
            pending.Refuse(refused);
        }
    }
}
