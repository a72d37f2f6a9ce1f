using System.Text;
using Confluent.Kafka;

namespace EventDriven.Kafka.Broker.Tests.Transactions;

/// <summary>Reads topics as a consumer with <c>read_committed</c> does.</summary>
internal static class Committed
{
    /// <summary>The values of all events that are visible, to the end as it is now, partition by partition. It waits for open transactions: what they hold up is no end.</summary>
    public static IReadOnlyList<string> Read(string bootstrapServers, string topic, int partitions = 1)
    {
        using var consumer = Build(bootstrapServers, IsolationLevel.ReadCommitted);

        // Who reads what is committed is told of no end behind the first transaction that is open.
        using var ends = Build(bootstrapServers, IsolationLevel.ReadUncommitted);
        var values = new List<string>();
        for (int partition = 0; partition < partitions; partition++)
        {
            var at = new TopicPartition(topic, partition);
            var end = ends.QueryWatermarkOffsets(at, TimeSpan.FromSeconds(30)).High;
            consumer.Assign(new TopicPartitionOffset(at, Offset.Beginning));
            while (true)
            {
                var record = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"{topic}[{partition}] did not come to its end.");
                if (record.IsPartitionEOF)
                {
                    // The end that this reader is let see; a transaction that is still open lies behind it.
                    if (record.Offset >= end) break;
                    continue;
                }

                values.Add(Encoding.UTF8.GetString(record.Message.Value ?? []));
            }
        }

        return values;
    }

    private static IConsumer<byte[]?, byte[]?> Build(string bootstrapServers, IsolationLevel level) => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
    {
        BootstrapServers = bootstrapServers,
        GroupId = "reader",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        IsolationLevel = level,
    }).SetLogHandler(static (_, _) => { }).Build();
}
