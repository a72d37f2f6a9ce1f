using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka;

/// <summary>The options of one producer: set in code as defaults, replaced by the configuration section <c>{cluster}:Producers:{name}</c>.</summary>
public sealed class EventProducerOptions
{
    /// <summary>The topic to write to. There is no default value.</summary>
    public string Topic { get; set; } = "";

    /// <summary>How long an event may wait for its acknowledgement, retries included, from 100 milliseconds to 1 day. The default value is 2 minutes.</summary>
    [TimeRange("00:00:00.100", "1.00:00:00")]
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long events wait for others to form a batch, at most 15 minutes. The default value is 5 milliseconds.</summary>
    [TimeRange("00:00:00", "00:15:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether records carry the headers of CloudEvents 1.0. The default value is <see cref="CloudEventsMode.Binary"/>: they do.</summary>
    public CloudEventsMode CloudEvents { get; set; } = CloudEventsMode.Binary;

    /// <summary>
    /// What the header <c>ce_source</c> of each record says, a URI reference such as <c>/orders</c> or <c>urn:example:orders</c>. The default value is null: the name
    /// of the application.
    /// </summary>
    public string? Source { get; set; }

    /// <summary>
    /// Settings of the Kafka client by their own names, such as <c>compression.type</c>, over those of the cluster. Empty by default. Settings that the
    /// library must own are refused at start, each with the reason. Producers with equal settings share one client.
    /// </summary>
    public IDictionary<string, string> Client { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
