using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Pipeline;

/// <summary>What the pipeline logs: event ids 2000 to 2099. Never keys, values or headers. That a partition stopped is the engine's to say.</summary>
internal sealed partial class PipelineLog(ILogger logger, string consumer)
{
    public void RetriedAfter(EventContext context, int attempt, Exception? error, TimeSpan delay) =>
        RetriedAfter(logger, error, consumer, context.Topic, context.Partition, context.Offset, attempt, delay);

    public void Retried(EventContext context, int attempt, Exception? error) =>
        Retried(logger, error, consumer, context.Topic, context.Partition, context.Offset, attempt);

    public void LeftUnfinished(in ConsumedRecord record, int attempt, Exception error)
    {
        if (error is OperationCanceledException)
        {
            Cancelled(logger, consumer, record.Topic, record.Partition, record.Offset, attempt);
        }
        else
        {
            LeftUnfinished(logger, error, consumer, record.Topic, record.Partition, record.Offset, attempt);
        }
    }

    public void HeldByOutage(in ConsumedRecord record, Exception error) => HeldByOutage(logger, error, consumer, record.Topic, record.Partition, record.Offset);

    public void Filtered(EventContext context)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            Filtered(logger, consumer, context.Topic, context.Partition, context.Offset, context.FilterReason);
        }
    }

    public void ScopeNotDisposed(EventContext context, Exception exception) =>
        ScopeNotDisposed(logger, exception, consumer, context.Topic, context.Partition, context.Offset);

    public void BatchFailed(in ConsumedRecord first, int count, Exception error) =>
        BatchFailed(logger, error, consumer, count, first.Topic, first.Partition, first.Offset);

    public void BatchFailedAt(EventContext guilty, int count, BatchVerdict verdict) =>
        BatchFailedAt(logger, verdict.Error!, consumer, count, guilty.Topic, guilty.Partition, guilty.Offset, verdict.Handled);

    public void ScopeOfBatchNotDisposed(in ConsumedRecord first, Exception exception) =>
        ScopeNotDisposed(logger, exception, consumer, first.Topic, first.Partition, first.Offset);

    [LoggerMessage(2000, LogLevel.Warning, "Consumer {Consumer}: attempt {Attempt} at {Topic}[{Partition}]@{Offset} failed; the next follows after {Delay}")]
    private static partial void RetriedAfter(
        ILogger logger, Exception? exception, string consumer, string topic, int partition, long offset, int attempt, TimeSpan delay);

    [LoggerMessage(2001, LogLevel.Warning, "Consumer {Consumer}: attempt {Attempt} at {Topic}[{Partition}]@{Offset} failed; the next begins")]
    private static partial void Retried(ILogger logger, Exception? exception, string consumer, string topic, int partition, long offset, int attempt);

    [LoggerMessage(2002, LogLevel.Debug, "Consumer {Consumer}: attempt {Attempt} at {Topic}[{Partition}]@{Offset} was cancelled; the event is left unfinished")]
    private static partial void Cancelled(ILogger logger, string consumer, string topic, int partition, long offset, int attempt);

    [LoggerMessage(2003, LogLevel.Information, "Consumer {Consumer}: attempt {Attempt} at {Topic}[{Partition}]@{Offset} failed while the partition was being given up; the event is left unfinished")]
    private static partial void LeftUnfinished(ILogger logger, Exception exception, string consumer, string topic, int partition, long offset, int attempt);

    [LoggerMessage(2004, LogLevel.Debug, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} was filtered: {Reason}", SkipEnabledCheck = true)]
    private static partial void Filtered(ILogger logger, string consumer, string topic, int partition, long offset, string? reason);

    [LoggerMessage(2005, LogLevel.Warning, "Consumer {Consumer}: the services of a failed attempt at {Topic}[{Partition}]@{Offset} could not be disposed")]
    private static partial void ScopeNotDisposed(ILogger logger, Exception exception, string consumer, string topic, int partition, long offset);

    [LoggerMessage(2006, LogLevel.Warning, "Consumer {Consumer}: something that {Topic}[{Partition}]@{Offset} needs is not there; the event is held, and tried again until it is, without its attempts being counted")]
    private static partial void HeldByOutage(ILogger logger, Exception exception, string consumer, string topic, int partition, long offset);

    [LoggerMessage(2020, LogLevel.Warning, "Consumer {Consumer}: a batch of {Count} from {Topic}[{Partition}]@{Offset} on failed, and nobody said at which event; each is handled on its own")]
    private static partial void BatchFailed(ILogger logger, Exception exception, string consumer, int count, string topic, int partition, long offset);

    [LoggerMessage(2021, LogLevel.Warning, "Consumer {Consumer}: a batch of {Count} failed at {Topic}[{Partition}]@{Offset}; {Handled} before it are handled, those after it are handed over again")]
    private static partial void BatchFailedAt(ILogger logger, Exception exception, string consumer, int count, string topic, int partition, long offset, int handled);
}
