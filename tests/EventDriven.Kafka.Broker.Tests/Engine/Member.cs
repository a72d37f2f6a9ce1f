using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>One member of a group on the engine.</summary>
internal static class Member
{
    public static EventConsumer Start(
        KafkaCluster kafka,
        string topic,
        string group,
        RecordingPipeline pipeline,
        Action<EventConsumerOptions>? configure = null,
        Action<ConsumerConfig>? client = null,
        ILogger? logger = null)
    {
        var options = new EventConsumerOptions { Topics = [topic], Group = group, CommitInterval = TimeSpan.FromMilliseconds(200) };
        configure?.Invoke(options);
        var settings = new ConsumerSettings
        {
            Name = group,
            Cluster = "Kafka",
            Options = options,
            CreateClientConfig = () =>
            {
                var config = new ConsumerConfig { BootstrapServers = kafka.BootstrapServers };
                client?.Invoke(config);
                return config;
            },
        };
        var workers = options.Ordering == OrderingMode.Partition ? int.MaxValue : options.MaxConcurrency;
        var consumer = new EventConsumer(
            settings, new ConfluentRecordSourceFactory(settings, NullLogger.Instance), new LaneScheduler(pipeline, workers), TimeProvider.System, logger ?? NullLogger.Instance);
        consumer.Start();
        return consumer;
    }

    public static async Task ProduceAsync(KafkaCluster kafka, string topic, int count, CancellationToken cancellationToken)
    {
        using var producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 5 }).Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.ProduceAsync(
            topic, new Message<string, string> { Key = $"key-{i % 50}", Value = $"{i}" }, cancellationToken)));
    }

    /// <summary>The committed offsets of a group, summed over the partitions of a topic, as a client of its own reads them.</summary>
    public static long CommittedSum(KafkaCluster kafka, string topic, string group, int partitions)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = group }).Build();
        return reader.Committed([.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))], TimeSpan.FromSeconds(30))
            .Sum(position => position.Offset.IsSpecial ? 0 : position.Offset.Value);
    }
}
