using EventDriven.Kafka.Failures;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>Which topics the client is subscribed to. Patterns are expanded here, from metadata, beside the poll thread; the client only ever sees names.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>How soon the topics are asked for again when the broker did not answer.</summary>
    private static readonly TimeSpan ListPause = TimeSpan.FromSeconds(1);

    private readonly TopicSelection _topics;
    private SortedSet<string> _subscribed = new(StringComparer.Ordinal);
    private string[] _unmatched = [];
    private HashSet<string>? _appeared;
    private bool _listFailing;

    /// <summary>The patterns that matched no topic when the cluster was last asked. Thread-safe.</summary>
    public IReadOnlyList<string> Unmatched => Volatile.Read(ref _unmatched);

    /// <summary>Whether there is no topic to read at present. Thread-safe.</summary>
    public bool WaitsForTopics => Unmatched.Count > 0 && Volatile.Read(ref _subscribed).Count == 0;

    /// <summary>Subscribes, or, where there are patterns or retry topics, begins to.</summary>
    public void Start()
    {
        if (!_topics.HasPatterns && _retries is not { IsUsed: true })
        {
            // What an earlier policy may have left can come later.
            _subscribed = new SortedSet<string>(_topics.Names, StringComparer.Ordinal);
            _source.Subscribe(_topics.Names);
        }

        if (_topics.HasPatterns || _retries is not null)
        {
            _ = LookForTopicsAsync(_ended.Token);
        }
    }

    private async Task LookForTopicsAsync(CancellationToken ended)
    {
        var isFirst = true;
        try
        {
            while (true)
            {
                TimeSpan pause;
                try
                {
                    var existing = await _source.ListTopicsAsync().ConfigureAwait(false);
                    var selected = _topics.Expand(existing.Keys, out var unmatched);
                    var found = _retries?.Find(existing, selected) ?? RetryTopicsFound.None;
                    if (_options.OldRetryTopics == OldRetryTopicsAction.Refuse)
                    {
                        if (isFirst && await FindUnfinishedAsync(found, ended).ConfigureAwait(false) is { Count: > 0 } unfinished)
                        {
                            Post(loop => loop.End ??= RefuseOld(unfinished));
                            return;
                        }

                        found = found.WithoutOld();
                    }

                    isFirst = false;
                    _retries?.Use(found);
                    Post(loop => loop.OnFound(selected, [.. unmatched], found));
                    if (!KeepsLooking)
                    {
                        return;
                    }

                    pause = NextLook(_options.TopicRefreshInterval);
                }
                catch (RecordSourceException exception)
                {
                    var error = exception.Error;
                    Post(loop => loop.OnListFailed(error));
                    pause = ListPause < _options.TopicRefreshInterval ? ListPause : _options.TopicRefreshInterval;
                }

                await Task.Delay(pause, _time, ended).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The client is closing, or the loop has ended.
        }
    }

    /// <summary>Takes over what was found. Partitions of topics that stay selected stay assigned, unless an eager assignor was chosen.</summary>
    private void OnFound(SortedSet<string> selected, string[] unmatched, RetryTopicsFound found)
    {
        ReportRetryTopics(found);
        selected.ExceptWith(found.Refused.Keys);
        selected.UnionWith(found.Topics.Keys);
        _listFailing = false;
        foreach (var pattern in unmatched)
        {
            if (Array.IndexOf(_unmatched, pattern) < 0)
            {
                LogUnmatched(_settings.Name, pattern, _options.TopicRefreshInterval);
            }
        }

        Volatile.Write(ref _unmatched, unmatched);
        var isFirst = _appeared is null;
        _appeared ??= new HashSet<string>(StringComparer.Ordinal);
        if (_stopping || selected.SetEquals(_subscribed))
        {
            return;
        }

        if (!isFirst)
        {
            _appeared.UnionWith(selected.Except(_subscribed));
        }

        LogSubscribed(_settings.Name, List(selected.Except(_subscribed)), List(_subscribed.Except(selected)));
        Volatile.Write(ref _subscribed, selected);
        _source.Subscribe(selected);
    }

    /// <summary>Whether a topic matched one of the patterns only after the first look.</summary>
    private bool HasAppeared(string topic) => _appeared?.Contains(topic) == true;

    private void OnListFailed(SourceError error)
    {
        if (!_listFailing)
        {
            _listFailing = true;
            LogListFailed(_settings.Name, error.Code, error.Reason);
        }
    }

    private static string List(IEnumerable<string> topics) => string.Join(", ", topics) is { Length: > 0 } list ? list : "none";

    [LoggerMessage(111, LogLevel.Information, "Consumer '{Consumer}' has looked for the topics that it reads. Added: {Added}. Dropped: {Dropped}.")]
    private partial void LogSubscribed(string consumer, string added, string dropped);

    [LoggerMessage(112, LogLevel.Warning, "Consumer '{Consumer}': no topic matches the pattern '{Pattern}'. The cluster is asked again every {Interval}, and topics that appear are read from their start position on.")]
    private partial void LogUnmatched(string consumer, string pattern, TimeSpan interval);

    [LoggerMessage(113, LogLevel.Warning, "Consumer '{Consumer}' can't list the topics of the cluster: {Code}, {Reason}. What it reads stays as it is; it is tried again.")]
    private partial void LogListFailed(string consumer, string code, string reason);
}
