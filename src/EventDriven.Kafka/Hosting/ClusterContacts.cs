using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>Which clusters the host must have contact with, and for whom.</summary>
internal sealed class ClusterContacts(
    ClusterDirectory clusters,
    IOptionsMonitor<KafkaClusterOptions> clusterOptions,
    IEnumerable<ProducerRegistration> producers,
    IEnumerable<ProducerBlueprint> blueprints,
    IServiceProvider services,
    IOptionsMonitor<EventProducerOptions> producerOptions,
    ITopicInspector inspector,
    FailureTopicProvisioner provisioner)
{
    /// <summary>One for each cluster that something uses. Called when all registrations were found right.</summary>
    public IReadOnlyList<ClusterContact> For(IReadOnlyList<HostedConsumer> consumers) =>
    [
        .. from cluster in clusters.Clusters
           let consumersHere = consumers.Where(consumer => consumer.Settings!.Cluster == cluster.Name).ToArray()
           let producersHere = producers.Where(producer => clusters.Find(producer) == cluster)
               .Select(producer => (producer.Subject, producerOptions.Get(producer.Name).Topic)).Distinct().ToArray()
           where consumersHere.Length + producersHere.Length > 0
           select new ClusterContact(cluster.Name, clusterOptions.Get(cluster.Name), consumersHere, producersHere, [.. SerializersOn(cluster)], inspector, provisioner),
    ];

    private IEnumerable<SerializerContact> SerializersOn(ClusterRegistration cluster) =>
        from producer in blueprints
        where clusters.Find(producer.Registration) == cluster
        from serializer in producer.SerializerChecks(services)
        select new SerializerContact(producer.Registration.Subject, producerOptions.Get(producer.Registration.Name).Topic, serializer.Component, serializer.Check);
}
