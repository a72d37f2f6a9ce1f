namespace EventDriven.Kafka.Failures;

/// <summary>What one look at the cluster has found of the retry topics of a consumer. Immutable.</summary>
internal sealed record RetryTopicsFound
{
    public static RetryTopicsFound None { get; } = new();

    /// <summary>Those that exist, by name.</summary>
    public IReadOnlyDictionary<string, RetryTopic> Topics { get; init; } = new Dictionary<string, RetryTopic>(StringComparer.Ordinal);

    /// <summary>How many partitions each has.</summary>
    public IReadOnlyDictionary<string, int> Partitions { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Those that the policy needs and that do not exist.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Source topics that match a pattern and whose failed events could not be named a topic, with what is wrong.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IEnumerable<RetryTopic> Old => Topics.Values.Where(static topic => topic.IsOld);

    /// <summary>Without what an earlier policy has left.</summary>
    public RetryTopicsFound WithoutOld() => this with
    {
        Topics = Topics.Where(static topic => !topic.Value.IsOld).ToDictionary(StringComparer.Ordinal),
    };
}
