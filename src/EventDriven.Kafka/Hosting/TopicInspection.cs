namespace EventDriven.Kafka.Hosting;

/// <summary>What a cluster said about topics.</summary>
internal sealed record TopicInspection
{
    /// <summary>Why no broker answered; null where one did.</summary>
    public string? Unreachable { get; init; }

    /// <summary>What to do where brokers answer but do not let this client in; null where it has another cause.</summary>
    public string? Remedy { get; init; }

    /// <summary>The topics that do not exist.</summary>
    public IReadOnlyCollection<string> Missing { get; init; } = [];

    /// <summary>The topics that the cluster refuses to tell about, each with its words.</summary>
    public IReadOnlyDictionary<string, string> Refused { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How the topics are made up that exist.</summary>
    public IReadOnlyDictionary<string, TopicShape> Shapes { get; init; } = new Dictionary<string, TopicShape>(StringComparer.Ordinal);

    /// <summary>The topics that exist and from which this client may not read.</summary>
    public IReadOnlyCollection<string> NotReadable { get; init; } = [];

    /// <summary>The topics that exist and to which this client may not write.</summary>
    public IReadOnlyCollection<string> NotWritable { get; init; } = [];
}
