using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>What must be there before a topic that a pattern has found is read: the topics that its failed events go to.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>The topics found by patterns that were prepared; used by the look for topics alone.</summary>
    private readonly HashSet<string> _prepared = new(StringComparer.Ordinal);

    private IReadOnlyDictionary<string, string> _unprepared = FrozenDictionary<string, string>.Empty;

    /// <summary>Prepares topics before they are read, and says of each that can't be read why; null where nothing is to be prepared.</summary>
    public Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyDictionary<string, string>>>? PrepareTopics { get; init; }

    /// <summary>The topics found by patterns that are not read, and why. Thread-safe.</summary>
    public IReadOnlyDictionary<string, string> Unprepared => Volatile.Read(ref _unprepared);

    /// <summary>Prepares what was found newly, and leaves out what can't be read; it is looked at again with the next look for topics.</summary>
    /// <returns>Whether anything was prepared, so that there may be new topics.</returns>
    private async Task<bool> PrepareAsync(SortedSet<string> selected, CancellationToken ended)
    {
        if (PrepareTopics is null)
        {
            return false;
        }

        _prepared.IntersectWith(selected);

        // What is named was prepared before the start.
        var found = selected.Where(topic => !_prepared.Contains(topic) && !_options.Topics.Contains(topic)).ToArray();
        var problems = found.Length == 0 ? FrozenDictionary<string, string>.Empty : await PrepareTopics(found, ended).ConfigureAwait(false);
        _prepared.UnionWith(found.Where(topic => !problems.ContainsKey(topic)));
        selected.ExceptWith(problems.Keys);
        Post(loop => loop.ReportUnprepared(problems));
        return found.Length > 0;
    }

    private void ReportUnprepared(IReadOnlyDictionary<string, string> problems)
    {
        foreach (var (topic, problem) in problems)
        {
            if (_unprepared.GetValueOrDefault(topic) != problem)
            {
                LogUnprepared(_settings.Name, topic, problem, _options.TopicRefreshInterval);
            }
        }

        Volatile.Write(ref _unprepared, problems);
    }

    [LoggerMessage(125, LogLevel.Error, "Consumer '{Consumer}' does not read '{Topic}', which its patterns match: {Problem} It is looked at again every {Interval}.")]
    private partial void LogUnprepared(string consumer, string topic, string problem, TimeSpan interval);
}
