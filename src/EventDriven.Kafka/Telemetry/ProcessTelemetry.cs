using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace EventDriven.Kafka.Telemetry;

/// <summary>What one consumer tells of the events it processes: one span for each event, over all its attempts. Thread-safe.</summary>
internal sealed class ProcessTelemetry(Instruments instruments, string consumer, string group, TimeProvider time)
{
    private const string Operation = "process";
    private readonly ConcurrentDictionary<string, TopicTags> _topics = new(StringComparer.Ordinal);
    private readonly Func<string, TopicTags> _createTags = topic => new TopicTags(consumer, group, topic);

    /// <summary>Whether anybody listens; if not, nothing else here needs to be called.</summary>
    public bool IsEnabled => instruments.IsProcessingObserved;

    /// <summary>Whether anybody wants spans.</summary>
    public bool IsTracing => instruments.Spans.HasListeners();

    /// <summary>An event begins. Its span becomes the current one.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="isTombstone">Whether it has no value.</param>
    /// <param name="creation">The context that its producer gave it, from <see cref="TraceContext.Read"/>.</param>
    public ProcessOperation Begin(string topic, int partition, long offset, bool isTombstone, ActivityContext creation)
    {
        var tags = _topics.GetOrAdd(topic, _createTags);
        instruments.Count(instruments.Consumed, tags.Metrics);

        // The context of the producer is the parent, and a link as well, as the conventions ask.
        var span = IsTracing
            ? instruments.Start(tags.SpanName, ActivityKind.Consumer, creation, tags.Span, creation == default ? null : [new ActivityLink(creation)])
            : null;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(Attributes.Partition, partition.ToString(CultureInfo.InvariantCulture));
            span.SetTag(Attributes.Offset, offset);
            if (isTombstone) span.SetTag(Attributes.Tombstone, true);
        }

        return new ProcessOperation(tags, span, time.GetTimestamp());
    }

    /// <summary>An event that had to wait for its time is started.</summary>
    /// <param name="topic">Its retry topic.</param>
    /// <param name="dueAt">When it was due, as a timestamp of the time provider.</param>
    public void StartWaiting(string topic, long dueAt)
    {
        if (instruments.RetryLateness.Enabled) instruments.Time(instruments.RetryLateness, time.GetElapsedTime(dueAt), _topics.GetOrAdd(topic, _createTags).Own);
    }

    /// <summary>An attempt beyond the first begins.</summary>
    public void Retry(string topic)
    {
        if (instruments.Retries.Enabled) instruments.Count(instruments.Retries, _topics.GetOrAdd(topic, _createTags).Own);
    }

    /// <summary>An attempt has failed; others may follow.</summary>
    public void AttemptFailed(Activity? span, int attempt, Exception error)
    {
        if (span is { IsAllDataRequested: true }) instruments.AddException(span, error, new TagList { { Attributes.Attempt, attempt } });
    }

    /// <summary>An event has come to its outcome.</summary>
    public void End(in ProcessOperation operation, string outcome, int attempts, Exception? error)
    {
        var tags = operation.Tags;
        instruments.Count(instruments.Outcomes, new TagList(tags.Own) { { Attributes.Outcome, outcome } });
        if (instruments.ProcessDuration.Enabled)
        {
            var duration = time.GetElapsedTime(operation.StartedAt);
            if (error is null)
            {
                instruments.Time(instruments.ProcessDuration, duration, tags.Metrics);
            }
            else
            {
                instruments.Time(instruments.ProcessDuration, duration, new TagList(tags.Metrics) { { Attributes.ErrorType, error.GetType().FullName } });
            }
        }

        if (operation.Span is not { } span) return;

        if (span.IsAllDataRequested)
        {
            span.SetTag(Attributes.Outcome, outcome);
            span.SetTag(Attributes.Attempts, attempts);
            if (error is not null)
            {
                span.SetTag(Attributes.ErrorType, error.GetType().FullName);
                span.SetStatus(ActivityStatusCode.Error, error.Message);
            }
        }

        instruments.Stop(span);
    }

    /// <summary>An attempt at a batch begins. Its span becomes the current one; the contexts of the events are its links.</summary>
    /// <param name="topic">Their topic.</param>
    /// <param name="partition">Their partition.</param>
    /// <param name="count">How many events there are.</param>
    /// <param name="links">The contexts that their producers gave them.</param>
    public BatchOperation BeginBatch(string topic, int partition, int count, ActivityLink[] links)
    {
        var tags = _topics.GetOrAdd(topic, _createTags);
        var span = IsTracing ? instruments.Start(tags.SpanName, ActivityKind.Consumer, default, tags.Span, links) : null;
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(Attributes.Partition, partition.ToString(CultureInfo.InvariantCulture));
            span.SetTag(Attributes.BatchCount, count);
        }

        return new BatchOperation(tags, span, time.GetTimestamp());
    }

    /// <summary>An event of a batch has come to its outcome in it. What has not is observed on its own, or with its next batch.</summary>
    public void EndInBatch(in BatchOperation operation, string outcome)
    {
        instruments.Count(instruments.Consumed, operation.Tags.Metrics);
        instruments.Count(instruments.Outcomes, new TagList(operation.Tags.Own) { { Attributes.Outcome, outcome } });
    }

    /// <summary>An attempt at a batch has ended.</summary>
    /// <param name="operation">The attempt.</param>
    /// <param name="open">How many of its events have come to no outcome.</param>
    /// <param name="error">What one of them has failed with, where that is known.</param>
    public void EndBatch(in BatchOperation operation, int open, Exception? error)
    {
        if (instruments.ProcessDuration.Enabled)
        {
            var duration = time.GetElapsedTime(operation.StartedAt);
            var tags = operation.Tags.Metrics;
            if (error is null) instruments.Time(instruments.ProcessDuration, duration, tags);
            else instruments.Time(instruments.ProcessDuration, duration, new TagList(tags) { { Attributes.ErrorType, error.GetType().FullName } });
        }

        if (operation.Span is not { } span) return;

        if (span.IsAllDataRequested && open > 0)
        {
            if (error is not null)
            {
                span.SetTag(Attributes.ErrorType, error.GetType().FullName);
                instruments.AddException(span, error, default);
            }

            span.SetStatus(ActivityStatusCode.Error, string.Create(CultureInfo.InvariantCulture, $"{open} event(s) of the batch have no outcome yet."));
        }

        instruments.Stop(span);
    }

    /// <summary>The attributes of one topic, decided once.</summary>
    internal sealed class TopicTags(string consumer, string group, string topic)
    {
        public string SpanName { get; } = $"{Operation} {topic}";

        /// <summary>Of spans.</summary>
        public KeyValuePair<string, object?>[] Span { get; } =
        [
            new(Attributes.System, "kafka"),
            new(Attributes.OperationName, Operation),
            new(Attributes.OperationType, Operation),
            new(Attributes.Topic, topic),
            new(Attributes.Group, group),
            new(Attributes.Consumer, consumer),
        ];

        /// <summary>Of the conventions' metrics.</summary>
        public KeyValuePair<string, object?>[] Metrics { get; } =
        [
            new(Attributes.System, "kafka"),
            new(Attributes.OperationName, Operation),
            new(Attributes.Topic, topic),
            new(Attributes.Group, group),
            new(Attributes.Consumer, consumer),
        ];

        /// <summary>Of the library's own metrics.</summary>
        public KeyValuePair<string, object?>[] Own { get; } =
        [
            new(Attributes.Topic, topic),
            new(Attributes.Group, group),
            new(Attributes.Consumer, consumer),
        ];
    }
}
