using EventDriven.Kafka.Hosting;

namespace EventDriven.Testing;

/// <summary>Creates topics on an embedded Kafka, which has no admin API and no settings of topics.</summary>
internal sealed class EmbeddedTopicAdmin(EmbeddedKafka kafka) : ITopicAdmin
{
    public Task<IReadOnlyDictionary<string, TopicSettings>> DescribeSettingsAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, TopicSettings>>(new Dictionary<string, TopicSettings>());

    public Task<string?> CreateAsync(string cluster, NewTopic topic, CancellationToken cancellationToken)
    {
        try
        {
            kafka.CreateTopic(topic.Name, topic.Partitions);
            return Task.FromResult<string?>(null);
        }
        catch (EmbeddedKafkaException) when (Exists(topic.Name))
        {
            return Task.FromResult<string?>(null);
        }
        catch (EmbeddedKafkaException refused)
        {
            return Task.FromResult<string?>(refused.Message);
        }
    }

    public Task<string?> ExtendAsync(string cluster, string topic, int partitions, CancellationToken cancellationToken) =>
        Task.FromResult<string?>("the embedded Kafka can't add partitions to a topic: create it with enough");

    private bool Exists(string topic)
    {
        try
        {
            kafka.ThrowIfMissing(topic, 0);
            return true;
        }
        catch (EmbeddedKafkaException)
        {
            return false;
        }
    }
}
