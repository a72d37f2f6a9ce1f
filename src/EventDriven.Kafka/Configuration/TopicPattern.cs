using System.Text.RegularExpressions;

namespace EventDriven.Kafka.Configuration;

/// <summary>An entry of <see cref="EventConsumerOptions.Topics"/> that begins with <c>^</c>: a regular expression for names of topics.</summary>
internal static class TopicPattern
{
    public static bool Is(string? topic) => topic is ['^', ..];

    /// <summary>
    /// The expression, in the engine that takes time in proportion to the name, whatever the pattern: no name of a topic can hold up a consumer.
    /// </summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It has what that engine lacks: look-arounds, back-references, atomic groups.</exception>
    public static Regex Parse(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>What is wrong with a pattern, and how to mend it; null if nothing is.</summary>
    public static string? Problem(string pattern)
    {
        try
        {
            Parse(pattern);
            return null;
        }
        catch (NotSupportedException)
        {
            return $"'{pattern}' has a look-around, back-reference or atomic group, which patterns of topics can't have. Write it without; derived and internal topics never match anyway.";
        }
        catch (ArgumentException refused)
        {
            return $"'{pattern}' is no regular expression: {refused.Message.TrimEnd('.')}. Correct it.";
        }
    }

    /// <summary>Whether two entries are the same, or one is a pattern that takes the other. (Of two patterns that is known only for those that are alike.)</summary>
    public static bool Overlap(string one, string other) =>
        one == other || (Is(one) && !Is(other) && Takes(one, other)) || (Is(other) && !Is(one) && Takes(other, one));

    /// <summary>Whether a pattern may match a topic at all: Kafka's internal topics and those that this library writes of its own accord never match.</summary>
    public static bool MayMatch(string topic) => !topic.StartsWith("__", StringComparison.Ordinal) && !IsDerived(topic);

    private static bool Takes(string pattern, string topic) => Problem(pattern) is null && MayMatch(topic) && Parse(pattern).IsMatch(topic);

    /// <summary>Whether a topic is named as retry, parked and dead-letter topics are: <c>{group}--{topic}--retry-5s</c>, <c>--parked</c>, <c>--dlq</c>.</summary>
    private static bool IsDerived(string topic)
    {
        var separator = topic.LastIndexOf("--", StringComparison.Ordinal);
        return separator >= 0 && topic.AsSpan(separator + 2) is var kind && (kind is "parked" or "dlq" || kind.StartsWith("retry-", StringComparison.Ordinal));
    }
}
