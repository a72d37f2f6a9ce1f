namespace EventDriven.Kafka.Hosting;

/// <summary>What a cluster said about topics.</summary>
internal sealed record TopicInspection
{
    /// <summary>Why no broker answered; null where one did.</summary>
    public string? Unreachable { get; init; }

    /// <summary>The topics that do not exist.</summary>
    public IReadOnlyCollection<string> Missing { get; init; } = [];

    /// <summary>The topics that the cluster refuses to tell about, each with its words.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
