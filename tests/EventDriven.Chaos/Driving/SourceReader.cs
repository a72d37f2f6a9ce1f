using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>
/// Reads topics that nobody writes to any more, from their beginnings to their ends, as somebody who sees what is committed. What a crashed process has left open hides all that stands behind
/// it until brokers abort it: the end is where the log ends, not what can be seen of it now.
/// </summary>
internal static class SourceReader
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_request = TimeSpan.FromSeconds(30);

    /// <summary>Brokers look for transactions that are over their time (20 seconds here) each 10 seconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public static List<SourceRecord> Read(string servers, IReadOnlyDictionary<string, int> topics) => Read(servers, topics, Decode);

    /// <exception cref="TimeoutException">A partition could not be read to its end: a transaction there does not end.</exception>
    public static List<T> Read<T>(string servers, IReadOnlyDictionary<string, int> topics, Func<ConsumeResult<string, byte[]>, T> decode)
    {
        List<TopicPartition> places = [.. topics.SelectMany(static topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)))];
        var left = EndsOf(servers, places);
        using var consumer = Consumer(servers, IsolationLevel.ReadCommitted);
        consumer.Assign(places.Select(static place => new TopicPartitionOffset(place, Offset.Beginning)));
        var records = new List<T>();
        for (var begun = Monotonic.Now; left.Count > 0;)
        {
            if (consumer.Consume(s_poll) is { } record)
            {
                if (!record.IsPartitionEOF)
                {
                    records.Add(decode(record));
                }
                else if (left.TryGetValue(record.TopicPartition, out var end) && record.Offset.Value >= end)
                {
                    left.Remove(record.TopicPartition);
                }
            }
            else if (Monotonic.Now - begun > s_patience.TotalMicroseconds)
            {
                throw new TimeoutException($"Not readable up to their ends: {string.Join(", ", left.Select(static place => $"{place.Key.Topic}[{place.Key.Partition.Value}]@{place.Value}"))}. A transaction there has not ended.");
            }
        }

        consumer.Close();
        return records;
    }

    private static Dictionary<TopicPartition, long> EndsOf(string servers, List<TopicPartition> places)
    {
        using var consumer = Consumer(servers, IsolationLevel.ReadUncommitted);
        var ends = places.ToDictionary(static place => place, place => consumer.QueryWatermarkOffsets(place, s_request).High.Value);
        consumer.Close();
        return ends;
    }

    private static IConsumer<string, byte[]> Consumer(string servers, IsolationLevel isolation) => new ConsumerBuilder<string, byte[]>(new ConsumerConfig
    {
        BootstrapServers = servers,
        GroupId = "chaos-reader",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        IsolationLevel = isolation,
    }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    private static SourceRecord Decode(ConsumeResult<string, byte[]> record)
    {
        ChaosEvent? written = null;
        try
        {
            written = JsonSerializer.Deserialize<ChaosEvent>(record.Message.Value, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            // One of those that nobody can decode.
        }

        return new SourceRecord
        {
            Place = new TopicPlace(record.Topic, record.Partition.Value),
            Offset = record.Offset.Value,
            Key = record.Message.Key,
            Number = written?.Number ?? 0,
            Fails = written?.Fails ?? 0,
            IsReadable = written is not null,
        };
    }
}
