using System.Text.RegularExpressions;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Consuming;

/// <summary>Which topics a consumer reads: those named, and those that match one of its patterns. Immutable; thread-safe.</summary>
internal sealed class TopicSelection
{
    private readonly Regex[] _patterns;

    /// <param name="topics">Names and patterns, as <see cref="EventConsumerOptions.Topics"/> has them.</param>
    public TopicSelection(IEnumerable<string> topics)
    {
        var all = topics.ToArray();
        Names = [.. all.Where(static topic => !TopicPattern.Is(topic))];
        _patterns = [.. all.Where(TopicPattern.Is).Select(TopicPattern.Parse)];
    }

    public IReadOnlyList<string> Names { get; }

    public bool HasPatterns => _patterns.Length > 0;

    /// <summary>The topics to read out of those that there are.</summary>
    /// <param name="existing">All topics of the cluster.</param>
    /// <param name="unmatched">The patterns that match none of them.</param>
    public SortedSet<string> Expand(IEnumerable<string> existing, out IReadOnlyList<string> unmatched)
    {
        var selected = new SortedSet<string>(Names, StringComparer.Ordinal);
        var alone = new List<string>();
        foreach (var pattern in _patterns)
        {
            var matches = existing.Where(topic => TopicPattern.MayMatch(topic) && pattern.IsMatch(topic)).ToArray();
            selected.UnionWith(matches);
            if (matches.Length == 0)
            {
                alone.Add(pattern.ToString());
            }
        }

        unmatched = alone;
        return selected;
    }
}
