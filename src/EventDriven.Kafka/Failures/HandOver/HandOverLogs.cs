using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>Makes what consumers hand failed events over by: a producer on the consumer's own cluster. Thread-safe.</summary>
internal sealed class HandOverLogs(ProducerClientPool clients, ClusterOptionsFactory clusters, ClientConfigComposer composer, TimeProvider time)
{
    public ProducerHandOverLog For(ConsumerSettings consumer, ILogger logger)
    {
        // What is wrong with the cluster was told for the cluster.
        var options = clusters.Create(consumer.Cluster, []);
        options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = composer.CreateProducerConfig($"consumer '{consumer.Name}'", options, new EventProducerOptions(), null, []);
        return new ProducerHandOverLog(clients.Get(consumer.Cluster, settings), consumer.Name, logger, time);
    }
}
