using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>Writes by the client that the host's producers of the same cluster and settings share. Thread-safe.</summary>
internal sealed class ProducerHandOverLog(ProducerClient client, string consumer, ILogger logger, TimeProvider time) : IHandOverLog
{
    private readonly ConcurrentDictionary<string, FlushEpochs> _topics = new(StringComparer.Ordinal);

    public Task<EventReceipt> AppendAsync(string topic, int? partition, byte[]? key, byte[]? value, Headers headers)
    {
        var epochs = _topics.GetOrAdd(topic, name => new FlushEpochs(new ProducerFailures(new ProduceTarget(consumer, name, typeof(byte[])), logger, time)));
        var pending = new AwaitedRecord(epochs.Begin(), CancellationToken.None);
        var record = client.Rent();
        record.Destination = new TopicPartition(topic, partition is { } number ? new Partition(number) : Partition.Any);
        record.Message.Key = key!;
        record.Message.Value = value!;
        record.Message.Headers = headers;
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
