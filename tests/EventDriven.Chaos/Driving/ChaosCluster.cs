using Confluent.Kafka;
using EventDriven.Chaos.Services;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Driving;

/// <summary>Three brokers with the source topics of the run.</summary>
internal static class ChaosCluster
{
    public static async Task<KafkaCluster> StartAsync()
    {
        var kafka = await KafkaCluster.StartAsync(nodes: 3);
        foreach (var service in ChaosService.All)
        {
            await kafka.CreateTopicAsync(service.Topic, ChaosService.Partitions, new KeyValuePair<string, string>("retention.ms", "-1"));
        }

        foreach (var service in ChaosService.All.Where(static service => service.IsTransactional))
        {
            await kafka.CreateTopicAsync(service.OutputTopic, ChaosService.Partitions, new KeyValuePair<string, string>("retention.ms", "-1"));
        }

        return kafka;
    }

    /// <summary>A client that knows all nodes, whether they run now or not.</summary>
    public static IAdminClient CreateAdmin(KafkaCluster kafka) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers, TopicMetadataRefreshIntervalMs = 5_000 })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
}
