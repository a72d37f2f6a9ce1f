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
        var pending = new AwaitedRecord(EpochsOf(topic).Begin(), CancellationToken.None);
        Send(new TopicPartition(topic, partition is { } number ? new Partition(number) : Partition.Any), key, value, headers, pending, pending.Refuse);
        return pending.Task;
    }

    /// <summary>Writes records to one partition, in this order, and waits for the broker's acknowledgement of each, by all in-sync replicas.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="records">The records; at least one.</param>
    /// <exception cref="EventProduceException">
    /// By the task, once all have ended: the first that was not written, or of which nobody knows. No later one was sent once that was known.
    /// </exception>
    public Task AppendAllAsync(TopicPartition partition, IReadOnlyCollection<(byte[]? Key, byte[]? Value, Headers Headers)> records)
    {
        var series = new RecordSeries(records.Count);
        var epochs = EpochsOf(partition.Topic);
        var index = 0;
        foreach (var (key, value, headers) in records)
        {
            var pending = new SeriesRecord(epochs.Begin(), series, index++);
            Send(partition, key, value, headers, pending, pending.Refuse);
        }

        return series.Ended;
    }

    private FlushEpochs EpochsOf(string topic) =>
        _topics.GetOrAdd(topic, name => new FlushEpochs(new ProducerFailures(new ProduceTarget(consumer, name, typeof(byte[])), logger, time)));

    private void Send(TopicPartition to, byte[]? key, byte[]? value, Headers headers, PendingRecord pending, Action<EventProduceException> refuse)
    {
        var record = client.Rent();
        record.Destination = to;
        record.Message.Key = key!;
        record.Message.Value = value!;
        record.Message.Headers = headers;
        record.Message.Timestamp = new Timestamp(time.GetUtcNow().ToUnixTimeMilliseconds(), TimestampType.CreateTime);
        try
        {
            if (client.Send(record, pending, CancellationToken.None) is { } waiting)
            {
                _ = RefuseIfFailedAsync(waiting, refuse);
            }
        }
        catch (EventProduceException refused)
        {
            client.Return(record);
            pending.Discard(refused);
            refuse(refused);
        }
    }

    private static async Task RefuseIfFailedAsync(Task waiting, Action<EventProduceException> refuse)
    {
        try
        {
            await waiting.ConfigureAwait(false);
        }
        catch (EventProduceException refused)
        {
            refuse(refused);
        }
    }
}
