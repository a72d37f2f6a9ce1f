using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Tells of topics what a test says, and notes what is asked of it.</summary>
internal sealed class FakeTopicAdmin : ITopicAdmin
{
    public Dictionary<string, TopicSettings> Settings { get; } = [];

    public List<string> Asked { get; } = [];

    /// <summary>Why nothing is created or extended; null where it is.</summary>
    public string? Refusal { get; set; }

    public void Set(string topic, params (string Name, string Value)[] settings) => Settings[topic] = new TopicSettings
    {
        Values = settings.ToDictionary(static setting => setting.Name, static setting => setting.Value),
        Own = settings.Select(static setting => setting.Name).ToHashSet(),
    };

    public Task<IReadOnlyDictionary<string, TopicSettings>> DescribeSettingsAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, TopicSettings>>(Settings.Where(one => topics.Contains(one.Key)).ToDictionary());

    public Task<string?> CreateAsync(string cluster, NewTopic topic, CancellationToken cancellationToken)
    {
        Asked.Add($"create {topic.Name} {topic.Partitions}x{topic.Replicas} {string.Join(' ', topic.Settings.Select(static setting => $"{setting.Key}={setting.Value}"))}");
        return Task.FromResult(Refusal);
    }

    public Task<string?> ExtendAsync(string cluster, string topic, int partitions, CancellationToken cancellationToken)
    {
        Asked.Add($"extend {topic} {partitions}");
        return Task.FromResult(Refusal);
    }
}
