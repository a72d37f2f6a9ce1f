using System.Globalization;

namespace EventDriven.Kafka.Hosting;

/// <summary>The settings of a topic, as the broker tells them.</summary>
internal sealed record TopicSettings
{
    /// <summary>The values by their names, those of the broker's defaults included.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>The names of those that were set for this topic.</summary>
    public IReadOnlySet<string> Own { get; init; } = new HashSet<string>();

    public bool IsCompacted => Values.GetValueOrDefault("cleanup.policy")?.Contains("compact", StringComparison.Ordinal) == true;

    /// <summary>How long records are kept, in milliseconds; -1 for ever; null where it is not told.</summary>
    public long? RetentionMs => Number("retention.ms");

    /// <summary>How many bytes of a partition are kept; -1 for all; null where it is not told.</summary>
    public long? RetentionBytes => Number("retention.bytes");

    /// <summary>How large a batch of records may be; null where it is not told.</summary>
    public long? MaxMessageBytes => Number("max.message.bytes");

    /// <summary>How many replicas must have a record before it is acknowledged, where that was set for this topic.</summary>
    public string? OwnMinInSyncReplicas => Own.Contains("min.insync.replicas") ? Values["min.insync.replicas"] : null;

    private long? Number(string name) => long.TryParse(Values.GetValueOrDefault(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
