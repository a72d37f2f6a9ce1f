namespace EventDriven.Kafka;

/// <summary>What a run puts back, and how.</summary>
public sealed class RedriveRequest
{
    /// <summary>The dead-letter topic. There is no default value.</summary>
    public string Topic { get; set; } = "";

    /// <summary>Where to. The default value is <see cref="RedriveTarget.OriginalTopic"/>.</summary>
    public RedriveTarget Target { get; set; } = RedriveTarget.OriginalTopic;

    /// <summary>
    /// What names the run: another run of the same name goes on where this one has stopped, and does not put back again what this one has. A run with a
    /// <see cref="Filter"/> needs a name of its own, because what it passes over would count as done for others. The default value is <c>all</c>.
    /// </summary>
    /// <remarks>Where a run stands is kept as the committed offset of the group <c>{topic}--redrive-{name}</c>: brokers forget it seven days after its last run unless configured otherwise.</remarks>
    public string Name { get; set; } = DefaultName;

    /// <summary>Which dead letters; the others are passed over. The default value is null: all.</summary>
    public DeadLetterFilter? Filter { get; set; }

    /// <summary>Whether to count only what would be put back: nothing is written, and nothing is committed. The default value is false.</summary>
    public bool DryRun { get; set; }

    /// <summary>After how many dead letters that were put back the run ends: a canary. The next run of the same name goes on there. The default value is null: no limit.</summary>
    public long? Limit { get; set; }

    /// <summary>How many are put back a second at most, from 0.001 on. The default value is null: no limit.</summary>
    public double? MaxPerSecond { get; set; }

    /// <summary>How often where the run stands is committed, from 10 milliseconds to 1 minute. What a killed run puts back again is at most what it wrote in that time. The default value is 1 second.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    internal const string DefaultName = "all";
}
