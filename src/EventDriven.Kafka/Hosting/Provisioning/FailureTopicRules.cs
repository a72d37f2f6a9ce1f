using System.Globalization;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Hosting;

/// <summary>How the topics for failed events must be, by what they are for and what their source is.</summary>
internal static class FailureTopicRules
{
    private const string Forever = "-1";

    /// <summary>How long a retry topic keeps records beyond their delay: as long as a consumer may be down.</summary>
    private static readonly TimeSpan TimeToRead = TimeSpan.FromDays(7);

    /// <summary>The topic as it is created.</summary>
    /// <param name="topic">What it is for.</param>
    /// <param name="source">How its source is made up.</param>
    /// <param name="settings">The settings of its source; null where they are not known.</param>
    public static NewTopic Create(DerivedTopic topic, TopicShape source, TopicSettings? settings)
    {
        var own = new List<KeyValuePair<string, string>>
        {
            new("cleanup.policy", "delete"),
            new("retention.ms", topic.Kind is DerivedTopicKind.Retry ? Text((long)(topic.Delay!.Value.Time + TimeToRead).TotalMilliseconds) : Forever),
        };
        if (topic.Kind is not DerivedTopicKind.Retry)
        {
            own.Add(new("retention.bytes", Forever));
        }

        if (settings?.MaxMessageBytes is { } largest)
        {
            own.Add(new("max.message.bytes", Text(Math.Min(int.MaxValue, largest + FailureHeaders.Room + FailureHeaders.RoomOfDiagnostics))));
        }

        if (settings?.OwnMinInSyncReplicas is { } inSync)
        {
            own.Add(new("min.insync.replicas", inSync));
        }

        return new NewTopic(topic.Name, source.Partitions, source.Replicas, own);
    }

    /// <summary>What several sources need of one topic.</summary>
    public static NewTopic Combine(IEnumerable<NewTopic> needs) => needs.Aggregate(static (one, other) => one with
    {
        Partitions = Math.Max(one.Partitions, other.Partitions),
        Replicas = Math.Max(one.Replicas, other.Replicas),
        Settings = LargestMessage(other) > LargestMessage(one) ? other.Settings : one.Settings,
    });

    /// <summary>How many partitions it must have at least.</summary>
    public static int LeastPartitions(DerivedTopic topic, TopicShape source) => topic.Kind is DerivedTopicKind.Parked ? source.Partitions : 1;

    /// <summary>What is wrong with the settings of a topic that is there, each with what it must be set to.</summary>
    public static IEnumerable<(string Problem, string Name, string Value)> Check(DerivedTopic topic, TopicSettings settings, TopicSettings? source)
    {
        if (settings.IsCompacted)
        {
            yield return ("it is compacted, which deletes all but the last event of a key and refuses events without one", "cleanup.policy", "delete");
        }

        if (topic.Kind is DerivedTopicKind.Parked && settings.RetentionMs is { } kept and not -1)
        {
            yield return ($"it deletes records after {Text(kept)} ms, and what is parked must stay until it is done", "retention.ms", Forever);
        }

        if (topic.Kind is DerivedTopicKind.Parked && settings.RetentionBytes is { } bytes and not -1)
        {
            yield return ($"it keeps {Text(bytes)} bytes of a partition only, and what is parked must stay until it is done", "retention.bytes", Forever);
        }

        if (topic is { Kind: DerivedTopicKind.Retry, Delay: { } delay } && settings.RetentionMs is { } retention and not -1 && retention <= delay.Time.TotalMilliseconds)
        {
            yield return (
                $"it deletes records after {Text(retention)} ms, before they are due after {delay}", "retention.ms", Text((long)(delay.Time + TimeToRead).TotalMilliseconds));
        }

        if (source?.MaxMessageBytes is { } largest && settings.MaxMessageBytes is { } room && room < largest + FailureHeaders.Room)
        {
            yield return (
                $"it takes records of {Text(room)} bytes, and those of '{topic.Source}' may have {Text(largest)} and get headers beside them",
                "max.message.bytes",
                Text(Math.Min(int.MaxValue, largest + FailureHeaders.Room + FailureHeaders.RoomOfDiagnostics)));
        }
    }

    private static long LargestMessage(NewTopic topic) =>
        long.TryParse(topic.Settings.FirstOrDefault(static setting => setting.Key == "max.message.bytes").Value, CultureInfo.InvariantCulture, out var largest) ? largest : 0;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
