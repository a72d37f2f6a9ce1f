using System.Text;
using Confluent.Kafka;

namespace EventDriven.Testing.Tests;

/// <summary>Raw clients of an embedded cluster, as a user would build them.</summary>
internal static class Clients
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static IProducer<byte[]?, byte[]?> Producer(EmbeddedKafka kafka, Action<ProducerConfig>? configure = null)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            LingerMs = 0,
            RetryBackoffMs = 20,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
            MessageTimeoutMs = 30_000,
        };
        configure?.Invoke(config);
        return new ProducerBuilder<byte[]?, byte[]?>(config).SetLogHandler(Ignore).SetErrorHandler(Ignore).Build();
    }

    internal static ConsumerBuilder<byte[]?, byte[]?> Consumer(EmbeddedKafka kafka, string group, Action<ConsumerConfig>? configure = null)
    {
        var config = new ConsumerConfig(new Dictionary<string, string>(kafka.ConsumerSettings))
        {
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 100,
            TopicMetadataRefreshIntervalMs = 500,
        };
        configure?.Invoke(config);
        return new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler(Ignore).SetErrorHandler(Ignore);
    }

    internal static IConsumer<byte[]?, byte[]?> Subscribed(
        EmbeddedKafka kafka, string group, string topic, Action<ConsumerConfig>? configure = null)
    {
        var consumer = Consumer(kafka, group, configure).Build();
        consumer.Subscribe(topic);
        return consumer;
    }

    internal static Message<byte[]?, byte[]?> Text(string value, string? key = null) =>
        new() { Key = key is null ? null : Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value) };

    internal static void Produce(this IProducer<byte[]?, byte[]?> producer, string topic, int partition, int count)
    {
        for (var index = 0; index < count; index++)
            producer.Produce(new TopicPartition(topic, partition), Text(index.ToString(System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(0, producer.Flush(Patience));
    }

    internal static ConsumeResult<byte[]?, byte[]?> Next(this IConsumer<byte[]?, byte[]?> consumer) =>
        consumer.Consume(Patience) ?? throw new TimeoutException("No record came.");

    internal static List<ConsumeResult<byte[]?, byte[]?>> Next(this IConsumer<byte[]?, byte[]?> consumer, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => consumer.Next())];

    internal static string? Text(this ConsumeResult<byte[]?, byte[]?> result) =>
        result.Message.Value is null ? null : Encoding.UTF8.GetString(result.Message.Value);

    private static void Ignore<TClient, TMessage>(TClient client, TMessage message)
    {
        // Stopped brokers are no news in these tests.
    }
}
