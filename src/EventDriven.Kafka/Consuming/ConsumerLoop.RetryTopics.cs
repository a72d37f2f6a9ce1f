using EventDriven.Kafka.Failures;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>Retry topics: which are read beside the source topics, and what their records say.</content>
internal sealed partial class ConsumerLoop
{
    private readonly RetryTopics? _retries;
    private string[] _missing = [];
    private string _old = "";
    private HashSet<string> _refusedNames = [];

    /// <summary>Whether the cluster is asked for its topics again and again.</summary>
    private bool KeepsLooking => _topics.HasPatterns || _retries is { IsUsed: true } || _retries?.Found.Topics.Count > 0;

    private TimeSpan NextLook(TimeSpan interval) => _retries?.Found.Missing.Count > 0 && ListPause < interval ? ListPause : interval;

    /// <summary>Takes a record of a retry topic in. Another group's is passed over.</summary>
    private AppendResult AppendRetry(PartitionAssignment assignment, RetryTopic topic, in ConsumedRecord record, out Lane? ready)
    {
        if (_retries!.Read(record, topic, _time) is { } origin)
        {
            return assignment.Append(record with { Origin = origin }, _limits, out ready);
        }

        ready = null;
        _telemetry?.PassedOver(record.Topic);
        if (!assignment.HasPassedOver)
        {
            assignment.HasPassedOver = true;
            LogPassedOver(_settings.Name, record.Topic, record.Partition, record.Offset, _settings.Group);
        }

        return assignment.PassOver(record);
    }

    /// <summary>The names of old retry topics that hold events which this group has not finished. Asks the brokers; not for the poll thread.</summary>
    private async Task<List<string>> FindUnfinishedAsync(RetryTopicsFound found, CancellationToken ended)
    {
        var unfinished = new List<string>();
        foreach (var topic in found.Old)
        {
            var partitions = Enumerable.Range(0, found.Partitions[topic.Name]).Select(number => KeyValuePair.Create(new PartitionId(topic.Name, number), StartRule.Earliest)).ToArray();
            foreach (var point in await _source.LookUpAsync(partitions, ended).ConfigureAwait(false))
            {
                var (oldest, end) = await _source.LookUpBoundsAsync(point.Partition).ConfigureAwait(false);
                if (Math.Max(point.Committed?.Offset ?? oldest, oldest) < end)
                {
                    unfinished.Add(topic.Name);
                    break;
                }
            }
        }

        return unfinished;
    }

    private static ConsumerEnd RefuseOld(List<string> unfinished) => new(
        ConsumerEndReason.FatalError,
        $"Retry topics of an earlier policy hold events that are not finished: {string.Join(", ", unfinished)}. Run the earlier policy until they are empty, "
        + $"or set {nameof(EventConsumerOptions.OldRetryTopics)} to {nameof(OldRetryTopicsAction.Drain)}.");

    /// <summary>Tells of what was found, each once until it changes.</summary>
    private void ReportRetryTopics(RetryTopicsFound found)
    {
        if (!found.Missing.SequenceEqual(_missing))
        {
            _missing = [.. found.Missing];
            if (found.Missing.Count > 0) LogMissing(_settings.Name, List(found.Missing));
        }

        var old = List(found.Old.Select(static topic => topic.Name).Order(StringComparer.Ordinal));
        if (old != _old && found.Old.Any()) LogOld(_settings.Name, old);
        _old = old;

        foreach (var (source, problem) in found.Refused)
        {
            if (!_refusedNames.Contains(source)) LogNotNamed(_settings.Name, source, problem);
        }

        _refusedNames = [.. found.Refused.Keys];
    }

    [LoggerMessage(116, LogLevel.Warning, "Consumer '{Consumer}': {Topic}[{Partition}] has events of another group than '{Group}', the first at offset {Offset}. They are passed over and counted, and not told of again. Give each group retry topics of its own.")]
    private partial void LogPassedOver(string consumer, string topic, int partition, long offset, string group);

    [LoggerMessage(117, LogLevel.Error, "Consumer '{Consumer}': the retry topics {Topics} do not exist. Events that are to wait there are held until they do; they are looked for every second.")]
    private partial void LogMissing(string consumer, string topics);

    [LoggerMessage(118, LogLevel.Information, "Consumer '{Consumer}' reads retry topics of earlier policies too: {Topics}. They can be deleted once they are empty and no process writes to them.")]
    private partial void LogOld(string consumer, string topics);

    [LoggerMessage(119, LogLevel.Error, "Consumer '{Consumer}' does not read {Topic}, which matches a pattern: {Problem}")]
    private partial void LogNotNamed(string consumer, string topic, string problem);
}
