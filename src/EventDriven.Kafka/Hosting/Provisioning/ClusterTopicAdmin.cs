using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>Asks the brokers.</summary>
internal sealed class ClusterTopicAdmin(IOptionsMonitor<KafkaClusterOptions> clusters, ClientConfigComposer clients, TokenSources? tokenSources = null) : ITopicAdmin
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyDictionary<string, TopicSettings>> DescribeSettingsAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        var resources = topics.Select(static topic => new ConfigResource { Type = ResourceType.Topic, Name = topic });
        var settings = new Dictionary<string, TopicSettings>(StringComparer.Ordinal);
        await AskAsync(
            cluster,
            async client =>
            {
                try
                {
                    var results = await client.DescribeConfigsAsync(resources, new DescribeConfigsOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken).ConfigureAwait(false);
                    foreach (var result in results) settings[result.ConfigResource.Name] = Read(result.Entries);
                }
                catch (DescribeConfigsException someRefused)
                {
                    foreach (var result in someRefused.Results.Where(static result => !result.Error.IsError)) settings[result.ConfigResource.Name] = Read(result.Entries);
                }
            }).ConfigureAwait(false);
        return settings;
    }

    public Task<string?> CreateAsync(string cluster, NewTopic topic, CancellationToken cancellationToken) => AskAsync(cluster, async client =>
    {
        var specification = new TopicSpecification
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = (short)topic.Replicas,
            Configs = topic.Settings.ToDictionary(StringComparer.Ordinal),
        };
        try
        {
            await client.CreateTopicsAsync([specification], new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CreateTopicsException exists) when (exists.Results.All(static result => !result.Error.IsError || result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another instance was faster.
        }
        catch (CreateTopicsException refused)
        {
            throw new KafkaException(refused.Results.First(static result => result.Error.IsError).Error);
        }
    });

    public Task<string?> ExtendAsync(string cluster, string topic, int partitions, CancellationToken cancellationToken) => AskAsync(cluster, async client =>
    {
        var specification = new PartitionsSpecification { Topic = topic, IncreaseTo = partitions };
        try
        {
            await client.CreatePartitionsAsync([specification], new CreatePartitionsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CreatePartitionsException refused)
        {
            // That it has so many already is what another instance has done; the next look tells.
            throw new KafkaException(refused.Results.First(static result => result.Error.IsError).Error);
        }
    });

    /// <returns>Why it failed; null where it did not.</returns>
    private async Task<string?> AskAsync(string cluster, Func<IAdminClient, Task> ask)
    {
        AdminConnection? connection = null;
        try
        {
            connection = new AdminConnection(cluster, clients.CreateAdminConfig(clusters.Get(cluster)), new ContactProblems(), tokenSources);
            await ask(connection.Client).ConfigureAwait(false);
            return null;
        }
        catch (Exception refused) when (refused is KafkaException or InvalidOperationException or ArgumentException)
        {
            return (refused as KafkaException)?.Error.Reason ?? refused.Message;
        }
        finally
        {
            connection?.CloseSoon();
        }
    }

    private static TopicSettings Read(Dictionary<string, ConfigEntryResult> entries) => new()
    {
        Values = entries.Where(static entry => entry.Value.Value is not null).ToDictionary(static entry => entry.Key, static entry => entry.Value.Value, StringComparer.Ordinal),
        Own = entries.Where(static entry => entry.Value.Source == ConfigSource.DynamicTopicConfig).Select(static entry => entry.Key).ToHashSet(StringComparer.Ordinal),
    };
}
