using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Transactions;

/// <summary>How far a group has come, as brokers tell somebody who is no member of it, and waits for transactions that are being ended.</summary>
internal static class GroupOffsets
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a group has committed so many events of a topic with nothing but events in it, or a task has ended.</summary>
    public static Task UntilAsync(KafkaCluster kafka, string topic, int partitions, string group, long events, Task? or, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            using var client = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = group, EnableAutoCommit = false })
                .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
            List<TopicPartition> places = [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))];
            while (or is not { IsCompleted: true } && Sum(client, places) < events)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static long Sum(IConsumer<Ignore, Ignore> client, List<TopicPartition> places)
    {
        try
        {
            return client.Committed(places, s_timeout).Where(static one => !one.Offset.IsSpecial).Sum(static one => one.Offset.Value);
        }
        catch (KafkaException)
        {
            // Coordinators move, and are loaded: nobody knows for the moment.
            return 0;
        }
    }
}
