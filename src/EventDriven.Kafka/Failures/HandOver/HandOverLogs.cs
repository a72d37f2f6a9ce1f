using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>Makes what consumers hand failed events over by: a producer on the consumer's own cluster. Thread-safe.</summary>
internal sealed class HandOverLogs(ProducerClientPool clients, ClusterOptionsFactory clusters, ClientConfigComposer composer, TimeProvider time)
{
    public IHandOverLog For(ConsumerSettings consumer, ILogger logger) => For(consumer.Cluster, $"consumer '{consumer.Name}'", consumer.Name, logger);

    /// <param name="cluster">The cluster to write to.</param>
    /// <param name="subject">Who writes, for errors of settings.</param>
    /// <param name="name">Who writes, for errors of sending.</param>
    /// <param name="logger">Where what nobody waits for is told.</param>
    public IHandOverLog For(string cluster, string subject, string name, ILogger logger)
    {
        // What is wrong with the cluster was told for the cluster.
        var options = clusters.Create(cluster, []);
        options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = composer.CreateProducerConfig(subject, options, new EventProducerOptions(), null, []);
        return new ProducerHandOverLog(clients.Get(cluster, settings), name, logger, time);
    }
}
