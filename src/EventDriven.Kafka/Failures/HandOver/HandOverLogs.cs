using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>Makes what consumers hand failed events over by: a producer on the consumer's own cluster. Thread-safe.</summary>
internal sealed class HandOverLogs(
    ProducerClientPool clients, ClusterOptionsFactory clusters, ClientConfigComposer composer, TopicPartitions partitions, TimeProvider time)
{
    /// <summary>How long the client tries; longer the event is held and tried again, where everybody sees it.</summary>
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(10);

    /// <summary>As large as the client lets it be: how large a record may be is for the broker to say, which has taken the event itself.</summary>
    private const string LargestRecord = "1000000000";

    /// <summary>What a cluster may say for all its clients that must not hold here.</summary>
    private static readonly HashSet<string> NotOfCluster = new(StringComparer.Ordinal)
    {
        "max.in.flight", "max.in.flight.requests.per.connection", "retries", "message.send.max.retries", "message.copy.max.bytes", "queue.buffering.max.messages",
        "queue.buffering.max.kbytes",
    };

    public ProducerHandOverLog For(ConsumerSettings consumer, ILogger logger) => For(consumer.Cluster, consumer.Name, logger);

    /// <param name="cluster">The cluster to write to.</param>
    /// <param name="name">Who writes.</param>
    /// <param name="logger">Where what nobody waits for is told.</param>
    public ProducerHandOverLog For(string cluster, string name, ILogger logger) =>
        new(clients.GetForHandOver(cluster, SettingsFor(cluster)), partitions, name, logger, time);

    internal ProducerConfig SettingsFor(string cluster)
    {
        // What is wrong with the cluster was told for the cluster.
        var options = clusters.Create(cluster, []);
        options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var producer = new EventProducerOptions { DeliveryTimeout = DeliveryTimeout };
        var composed = composer.CreateProducerConfig($"cluster '{cluster}'", options, producer, null, []);
        var settings = composed.Where(static setting => !NotOfCluster.Contains(setting.Key)).ToDictionary(StringComparer.Ordinal);
        settings["enable.idempotence"] = "true";
        settings["message.max.bytes"] = LargestRecord;

        // What has fitted into a topic because its producer compressed it fits in again.
        if (!settings.ContainsKey("compression.type") && !settings.ContainsKey("compression.codec"))
        {
            settings["compression.type"] = "zstd";
        }

        return new ProducerConfig(settings);
    }
}
