using System.Collections.Concurrent;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// The names of the topics that the failed events of one consumer go to, by source topic: <c>{group}--{topic}--retry-5s</c>, <c>--parked</c>, <c>--dlq</c>, or with
/// a prefix of the application's in place of group and topic. Thread-safe.
/// </summary>
/// <param name="group">The group.</param>
/// <param name="prefix">What names them by hand, by source topic; null where group and topic do.</param>
internal sealed class FailureTopics(string group, Func<string, string>? prefix = null)
{
    private const string Remedy = "Name the topics by hand: OnFailure(f => f.NameTopics(topic => …)).";

    private readonly ConcurrentDictionary<string, string> _prefixes = new(StringComparer.Ordinal);

    /// <summary>What all topics of a source begin with, the separator included.</summary>
    public string Prefix(string source) => _prefixes.GetOrAdd(
        source,
        static (topic, names) => names.ByHand is null ? DerivedTopics.Prefix(names.Group, topic) : names.ByHand(topic) + DerivedTopics.Separator,
        (Group: group, ByHand: prefix));

    public string Retry(string source, RetryDelay delay) => Prefix(source) + DerivedTopics.RetryKind + delay;

    public string Parked(string source) => Prefix(source) + DerivedTopics.ParkedKind;

    public string DeadLetter(string source) => Prefix(source) + DerivedTopics.DeadLetterKind;

    /// <summary>What is wrong with the names of a source's topics, and how to mend it; null if nothing is.</summary>
    /// <param name="source">The source topic.</param>
    /// <param name="kinds">What follows the prefix: <c>retry-5s</c>, <c>parked</c>, <c>dlq</c>.</param>
    public string? Problem(string source, IEnumerable<string> kinds)
    {
        if (prefix is null)
        {
            var pair = DerivedTopics.Escape(group) + DerivedTopics.Separator + source;
            if (pair.IndexOf(DerivedTopics.Separator, StringComparison.Ordinal) != pair.LastIndexOf(DerivedTopics.Separator, StringComparison.Ordinal))
            {
                return $"the topics of the group '{group}' for '{source}' would begin with '{pair}', where '{DerivedTopics.Separator}' must divide group and topic, and nothing else. {Remedy}";
            }
        }
        else if (ProblemByHand(source) is { } problem)
        {
            return problem;
        }

        var longest = kinds.MaxBy(static kind => kind.Length) is { } kind ? Prefix(source) + kind : "";
        return longest.Length <= DerivedTopics.MaxLength
            ? null
            : $"a topic for the failed events of '{source}' would be named '{longest}', which has {longest.Length} characters. Kafka allows {DerivedTopics.MaxLength}. {Remedy}";
    }

    private string? ProblemByHand(string source)
    {
        string named;
        try
        {
            named = prefix!(source);
        }
        catch (Exception exception)
        {
            return $"NameTopics threw for '{source}' ({exception.GetType().Name}: {exception.Message}). It must answer for each topic that the consumer reads.";
        }

        return TopicPattern.Is(named) || TopicName.Problem(named) is not null
            ? $"NameTopics answers '{named}' for '{source}', which can't begin the name of a topic. Use letters, digits, '.', '_' and '-'."
            : null;
    }
}
