using System.Diagnostics;

namespace EventDriven.Kafka.Telemetry;

/// <summary>What the engine of one consumer tells. Thread-safe.</summary>
internal sealed class ConsumerTelemetry(Instruments instruments, string consumer, string group)
{
    private readonly KeyValuePair<string, object?>[] _tags = [new(Attributes.Group, group), new(Attributes.Consumer, consumer)];
    private readonly KeyValuePair<string, object?>[] _clientTags = [new(Attributes.Client, "consumer"), new(Attributes.Consumer, consumer)];

    /// <summary>Whether anybody wants to know how long commits take.</summary>
    public bool ObservesCommits => instruments.CommitDuration.Enabled;

    /// <summary>Partitions came or went.</summary>
    /// <param name="type">How: <c>assigned</c>, <c>revoked</c> or <c>lost</c>.</param>
    public void Rebalanced(string type)
    {
        if (instruments.Rebalances.Enabled) instruments.Count(instruments.Rebalances, new TagList(_tags) { { Attributes.RebalanceType, type } });
    }

    /// <summary>An event of another group was found in a retry topic.</summary>
    public void PassedOver(string topic)
    {
        if (instruments.PassedOver.Enabled) instruments.Count(instruments.PassedOver, new TagList(_tags) { { Attributes.Topic, topic } });
    }

    /// <summary>A revocation has waited for handlers.</summary>
    public void Drained(TimeSpan duration, bool inTime)
    {
        if (instruments.DrainDuration.Enabled) instruments.Time(instruments.DrainDuration, duration, new TagList(_tags) { { Attributes.DrainedInTime, inTime } });
    }

    /// <summary>The broker has answered a commit.</summary>
    public void Committed(TimeSpan duration, string? error)
    {
        if (error is null)
        {
            instruments.Time(instruments.CommitDuration, duration, _tags);
        }
        else
        {
            instruments.Time(instruments.CommitDuration, duration, new TagList(_tags) { { Attributes.ErrorType, error } });
        }
    }

    /// <summary>The client has reported an error.</summary>
    public void ClientFailed(string code) => instruments.ClientFailed(_clientTags, code);
}
