using System.Text.Json;
using Confluent.Kafka;

namespace Enrich;

/// <summary>The totals as any reader with <c>read_committed</c> sees them.</summary>
internal sealed class Totals : IDisposable
{
    private readonly IConsumer<Ignore, byte[]> _consumer;

    public Totals(string bootstrapServers, string topic, int partitions)
    {
        _consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "totals",
            EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted,
        }).Build();
        _consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
    }

    public List<OrderTotal> Seen { get; } = [];

    /// <summary>Reads until so many are there, or none has come for a while.</summary>
    public void ReadUntil(int count, TimeSpan patience)
    {
        while (Seen.Count < count && _consumer.Consume(patience) is { } record)
        {
            Seen.Add(JsonSerializer.Deserialize<OrderTotal>(record.Message.Value, JsonSerializerOptions.Web)!);
        }
    }

    public void Dispose() => _consumer.Dispose();
}
