using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventDriven.Testing;

/// <summary>Reads whole topics with clients of its own, which belong to no group. Thread-safe.</summary>
internal sealed class TopicReader(IServiceProvider services, EventDecoder decoder)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Reads what a topic holds, and goes on until something has been found.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cluster">The cluster; null for that of the host's producer or consumer of the topic.</param>
    /// <param name="isFound">Called with each record; null to end where the topic ends at the time of the call.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<IReadOnlyList<ProducedEvent>> ReadAsync(string topic, string? cluster, Func<ProducedEvent, bool>? isFound, CancellationToken cancellationToken) =>
        Task.Factory.StartNew<IReadOnlyList<ProducedEvent>>(() => Read(topic, cluster, isFound, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private List<ProducedEvent> Read(string topic, string? cluster, Func<ProducedEvent, bool>? isFound, CancellationToken cancellationToken)
    {
        var found = new List<ProducedEvent>();
        using var client = Connect(cluster ?? ClusterOf(topic));
        var partitions = PartitionsOf(client, topic);
        var ends = partitions.ToDictionary(static partition => partition, partition => client.QueryWatermarkOffsets(partition, RequestTimeout).High.Value);
        var open = partitions.ToHashSet();
        client.Assign(partitions.Select(static partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        try
        {
            while (isFound is not null || open.Count > 0)
            {
                var result = client.Consume(cancellationToken);
                if (result.Offset.Value + (result.IsPartitionEOF ? 0 : 1) >= ends[result.TopicPartition]) open.Remove(result.TopicPartition);
                if (result.IsPartitionEOF || (isFound is null && result.Offset.Value >= ends[result.TopicPartition])) continue;

                var produced = new ProducedEvent(
                    decoder, topic, result.Partition.Value, result.Offset.Value, result.Message.Timestamp.UnixTimestampMs,
                    result.Message.Key, result.Message.Value, ConfluentHeaders.To(result.Message.Headers));
                found.Add(produced);
                if (isFound?.Invoke(produced) is true) break;
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new OperationCanceledException($"The time to read topic '{topic}' was over.{EventAssertions.Describe(found)}", exception, cancellationToken);
        }
        finally
        {
            client.Close();
        }

        return found;
    }

    private static List<TopicPartition> PartitionsOf(IConsumer<byte[]?, byte[]?> client, string topic)
    {
        // All topics, never one by name: asking for a missing topic creates it.
        using var admin = new DependentAdminClientBuilder(client.Handle).Build();
        var topics = admin.GetMetadata(RequestTimeout).Topics;
        var metadata = topics.Find(known => known.Topic == topic)
            ?? throw new InvalidOperationException($"There is no topic '{topic}'. There are: {string.Join(", ", topics.Select(static known => $"'{known.Topic}'").Order())}.");
        return metadata.Partitions.ConvertAll(partition => new TopicPartition(topic, partition.PartitionId));
    }

    private IConsumer<byte[]?, byte[]?> Connect(string cluster)
    {
        var options = services.GetRequiredService<IOptionsMonitor<KafkaClusterOptions>>().Get(cluster);
        var settings = services.GetRequiredService<ClientConfigComposer>().CreateAdminConfig(options).ToDictionary();
        var config = new ConsumerConfig(settings)
        {
            // Required by the client; nothing is committed.
            GroupId = "eventdriven-testing",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            FetchWaitMaxMs = 10,
        };
        return new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    private string ClusterOf(string topic)
    {
        var clusters = services.GetRequiredService<ClusterDirectory>();
        var producers = services.GetServices<ProducerBlueprint>()
            .Where(producer => services.GetRequiredService<IOptionsMonitor<EventProducerOptions>>().Get(producer.Registration.Name).Topic == topic)
            .Select(static producer => (EndpointRegistration)producer.Registration);
        var consumers = services.GetServices<ConsumerRegistration>()
            .Where(consumer => services.GetRequiredService<IOptionsMonitor<EventConsumerOptions>>().Get(consumer.Name).Topics.Contains(topic));
        var names = producers.Concat(consumers).Select(clusters.Find).OfType<ClusterRegistration>().Select(static cluster => cluster.Name).Distinct().ToList();
        return names switch
        {
            [] when clusters.Clusters is [var first, ..] => first.Name,
            [] => throw new InvalidOperationException("The host has no cluster: register one with AddEventDriven."),
            [var only] => only,
            _ => throw new InvalidOperationException($"The topic '{topic}' is used on several clusters: {string.Join(", ", names.Select(static name => $"'{name}'"))}. Name the one that is meant."),
        };
    }
}
