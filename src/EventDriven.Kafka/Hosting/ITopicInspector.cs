namespace EventDriven.Kafka.Hosting;

/// <summary>Asks a cluster about topics, without creating any.</summary>
internal interface ITopicInspector
{
    /// <summary>Looks at topics; takes at most some seconds. What goes wrong is in the answer.</summary>
    Task<TopicInspection> InspectAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken);
}
