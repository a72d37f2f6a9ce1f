using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>Reads the source topics from their beginnings to their ends, as somebody who sees what is committed.</summary>
internal static class SourceReader
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    public static List<SourceRecord> Read(string servers, IReadOnlyDictionary<string, int> topics) => Read(servers, topics, Decode);

    public static List<T> Read<T>(string servers, IReadOnlyDictionary<string, int> topics, Func<ConsumeResult<string, byte[]>, T> decode)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "chaos-reader",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        List<TopicPartition> places = [.. topics.SelectMany(static topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)))];
        consumer.Assign(places.Select(static place => new TopicPartitionOffset(place, Offset.Beginning)));
        var records = new List<T>();
        var ended = new HashSet<TopicPartition>();
        while (ended.Count < places.Count)
        {
            if (consumer.Consume(s_poll) is { } record)
            {
                if (record.IsPartitionEOF)
                {
                    ended.Add(record.TopicPartition);
                }
                else
                {
                    records.Add(decode(record));
                }
            }
        }

        consumer.Close();
        return records;
    }

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
