using System.Collections.Immutable;
using System.Text;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// The retry topics of one consumer: which its policy needs, which there are, those of earlier policies included, and what their records say. Thread-safe.
/// </summary>
/// <param name="names">The names.</param>
/// <param name="group">The group.</param>
/// <param name="delays">The delays of the policy, where its steps are retry topics; empty where it has none, or keeps the order of keys.</param>
/// <param name="kinds">The kinds of all topics that the policy writes to.</param>
internal sealed class RetryTopics(FailureTopics names, string group, IReadOnlyList<RetryDelay> delays, IReadOnlyList<string> kinds)
{
    private readonly byte[] _group = Encoding.UTF8.GetBytes(group);
    private RetryTopicsFound _found = RetryTopicsFound.None;
    private ImmutableDictionary<string, RetryTopic> _known = ImmutableDictionary.Create<string, RetryTopic>(StringComparer.Ordinal);

    /// <summary>Whether the policy writes to any: nothing is read before they were looked for.</summary>
    public bool IsUsed => delays.Count > 0;

    /// <summary>What was found last.</summary>
    public RetryTopicsFound Found => Volatile.Read(ref _found);

    /// <summary>The retry topics that the policy needs for a source.</summary>
    public IEnumerable<RetryTopic> Of(string source) =>
        delays.Select((delay, step) => new RetryTopic(names.Retry(source, delay), source, delay, step, IsOld: false));

    /// <summary>How many partitions a retry topic has; null where it was not found.</summary>
    public int? PartitionsOf(string topic) => Found.Partitions.TryGetValue(topic, out var count) && count > 0 ? count : null;

    /// <summary>The retry topic of this name; null where it is none that was ever found: one that is deleted may be assigned for a moment more.</summary>
    public RetryTopic? Get(string topic) => Volatile.Read(ref _known).GetValueOrDefault(topic);

    public void Use(RetryTopicsFound found)
    {
        Volatile.Write(ref _known, _known.SetItems(found.Topics));
        Volatile.Write(ref _found, found);
    }

    /// <summary>Looks for the retry topics of sources among all topics of the cluster.</summary>
    /// <param name="existing">All topics, with their numbers of partitions.</param>
    /// <param name="sources">The topics that the consumer reads.</param>
    public RetryTopicsFound Find(IReadOnlyDictionary<string, int> existing, IEnumerable<string> sources)
    {
        var topics = new Dictionary<string, RetryTopic>(StringComparer.Ordinal);
        var missing = new List<string>();
        var refused = new Dictionary<string, string>(StringComparer.Ordinal);
        var prefixes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            if ((names.Problem(source, kinds) ?? SharedPrefix(source, prefixes)) is { } problem)
            {
                refused.Add(source, problem);
                continue;
            }

            foreach (var topic in Of(source))
            {
                if (existing.ContainsKey(topic.Name)) topics[topic.Name] = topic;
                else missing.Add(topic.Name);
            }
        }

        // From here on by name: a look at each topic of the cluster, not at each pair of topic and source.
        foreach (var name in existing.Keys)
        {
            if (!topics.ContainsKey(name) && FindOld(name, prefixes) is { } old) topics.Add(name, old);
        }

        return new RetryTopicsFound
        {
            Topics = topics,
            Partitions = topics.Keys.ToDictionary(static name => name, name => existing[name], StringComparer.Ordinal),
            Missing = missing,
            Refused = refused,
        };
    }

    /// <summary>
    /// What a record of a retry topic says of its event. Nothing in it can stop a consumer or make it skip an event: what is damaged is ignored, what is
    /// out of bounds is bounded; the work is one pass over the headers.
    /// </summary>
    /// <returns>Null where it is another group's.</returns>
    public EventOrigin? Read(in ConsumedRecord record, RetryTopic topic, TimeProvider time)
    {
        var headers = RetryHeaders.Read((Confluent.Kafka.Headers?)record.Headers);
        if (headers.Group.IsText && !headers.Group.Bytes.AsSpan().SequenceEqual(_group))
        {
            return null;
        }

        var isOurs = SourceIn(headers.OriginalTopic, topic) is var source && source is not null
            && headers.OriginalPartition.Number is >= 0 and <= int.MaxValue && headers.OriginalOffset.Number is >= 0;
        return new EventOrigin
        {
            Source = topic.Source,
            Partition = isOurs ? new PartitionId(source!, (int)headers.OriginalPartition.Number!.Value) : new PartitionId(record.Topic, record.Partition),
            Offset = isOurs ? headers.OriginalOffset.Number!.Value : record.Offset,
            TimestampMs = isOurs ? headers.OriginalTimestamp.Number ?? -1 : record.TimestampMs,
            Attempts = (int)Math.Clamp(headers.Attempts.Number ?? 0, 0, FailureHeaders.MostAttempts),
            Step = headers.Step.Number is >= -1 and <= FailureHeaders.MostAttempts and var step ? (int)step : topic.Step,
            Redriven = (int)Math.Clamp(headers.Redriven.Number ?? 0, 0, FailureHeaders.MostAttempts),
            DueAt = headers.DueAt.IsAbsent ? null : DueAt(headers.DueAt.Number, topic.Delay, time),
        };
    }

    /// <summary>
    /// When a record is due, as a timestamp of the time provider: no later than its step's delay from now, whatever the header or a clock says, and from now on
    /// whatever becomes of the clock. What can't be read waits for the whole delay.
    /// </summary>
    private static long DueAt(long? header, RetryDelay delay, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var due = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(header ?? long.MaxValue, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        var wait = due - now;
        if (wait > delay.Time) wait = delay.Time;

        // Nothing waits for so long: it would only spoil what is told of lateness.
        if (wait < -RetryDelay.Longest) wait = TimeSpan.Zero;
        return time.GetTimestamp() + (long)Math.Ceiling(wait.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Where the header says that the event was read first, if that can be: the source, or, for what others wrote, one of its retry topics.</summary>
    private string? SourceIn(in OnlyHeader header, RetryTopic topic)
    {
        if (!header.IsText || header.Bytes!.Length > DerivedTopics.MaxLength) return null;

        var name = Encoding.UTF8.GetString(header.Bytes);
        return name == topic.Source ? topic.Source
            : name == topic.Name ? topic.Name
            : name.StartsWith(names.Prefix(topic.Source) + DerivedTopics.RetryKind, StringComparison.Ordinal) ? name
            : null;
    }

    private string? SharedPrefix(string source, Dictionary<string, string> prefixes)
    {
        var prefix = names.Prefix(source);
        return prefixes.TryAdd(prefix, source) ? null
            : $"NameTopics answers '{prefix[..^DerivedTopics.Separator.Length]}' for '{source}' and for '{prefixes[prefix]}'. Each topic needs names of its own.";
    }

    private RetryTopic? FindOld(string name, Dictionary<string, string> sources)
    {
        var kind = name.LastIndexOf(DerivedTopics.Separator + DerivedTopics.RetryKind, StringComparison.Ordinal) + DerivedTopics.Separator.Length;
        if (kind < DerivedTopics.Separator.Length || !sources.TryGetValue(name[..kind], out var source)
            || !RetryDelay.TryParse(name[(kind + DerivedTopics.RetryKind.Length)..], out var delay))
        {
            return null;
        }

        var step = -1;
        for (var i = 0; i < delays.Count; i++)
        {
            if (delays[i].Time <= delay.Time) step = i;
        }

        return new RetryTopic(name, source, delay, step, IsOld: true);
    }
}
