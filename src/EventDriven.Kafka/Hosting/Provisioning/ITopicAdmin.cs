namespace EventDriven.Kafka.Hosting;

/// <summary>Looks at the settings of topics, and creates and extends them. A seam: the embedded Kafka has no admin API, and a service of its own, keyed by the cluster.</summary>
internal interface ITopicAdmin
{
    /// <summary>The settings of topics, those aside that this client may not see.</summary>
    Task<IReadOnlyDictionary<string, TopicSettings>> DescribeSettingsAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken);

    /// <summary>Creates a topic.</summary>
    /// <returns>Null where it is there now, also when somebody else has created it; else why it is not.</returns>
    Task<string?> CreateAsync(string cluster, NewTopic topic, CancellationToken cancellationToken);

    /// <summary>Adds partitions to a topic.</summary>
    /// <returns>Null where it has so many now; else why it has not.</returns>
    Task<string?> ExtendAsync(string cluster, string topic, int partitions, CancellationToken cancellationToken);
}
