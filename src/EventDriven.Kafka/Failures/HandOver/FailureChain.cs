using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// Takes the steps of a policy behind the attempts in place: writes the event to a retry or dead-letter topic, and answers only once the broker has acknowledged
/// it (I4). What can't be written is held, in its lane alone, and tried again until its partition is given up. Thread-safe; runs no code of the application's.
/// </summary>
internal sealed partial class FailureChain(
    FailurePolicy policy, IHandOverLog log, FailureTopics topics, RetryTopics? retries, string consumer, string group, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Takes the next step with an event whose attempts have failed.</summary>
    /// <returns>What has become of it: never <see cref="Outcome.Failed"/>. The task never faults.</returns>
    public async ValueTask<ProcessingResult> NextAsync(ConsumedRecord record, EventFailure failure, ProcessingTokens tokens)
    {
        switch (policy.Next(failure.Class, record.Origin?.Step ?? -1))
        {
            case FailureStep.Retry when policy.KeepsKeyOrder && failure.Lane is { Assignment.Parking: not null } lane:
                return await ParkAsync(lane, record, failure).ConfigureAwait(false);

            case FailureStep.Retry:
                return await WriteAsync(record, failure, ToRetry(record, failure), Outcome.Parked, tokens).ConfigureAwait(false);

            case FailureStep.DeadLetter:
                return await WriteAsync(record, failure, ToDeadLetters(record, failure), Outcome.DeadLettered, tokens).ConfigureAwait(false);

            case FailureStep.Skip:
                LogSkipped(failure.Error, consumer, record.Topic, record.Partition, record.Offset, failure.Attempts);
                return ProcessingResult.HandedOver(failure, Outcome.Skipped);

            default:
                return ProcessingResult.Stopped(failure.Attempts, failure.Error);
        }
    }

    /// <summary>Lets the event, and what comes behind it of its key, wait in the parked log of its partition.</summary>
    private async Task<ProcessingResult> ParkAsync(Lane lane, ConsumedRecord record, EventFailure failure)
    {
        var step = (record.Origin?.Step ?? -1) + 1;
        var dueAt = (failure.FailedAt + policy.Delays[step].Time).ToUnixTimeMilliseconds();
        var headers = FailureHeaders.Write(record, group, failure, withMessage: true, withStack: false);
        var added = Math.Max(0, ConfluentRecordSource.WeighHeaders(headers) - (record.Headers is Headers own ? ConfluentRecordSource.WeighHeaders(own) : 0));
        var outcome = await lane.Assignment.ParkAsync(lane, record, headers, added, step, failure.Attempts, dueAt).ConfigureAwait(false);
        if (outcome is Outcome.Unfinished)
        {
            return ProcessingResult.Unfinished(failure.Attempts);
        }

        LogParked(failure.Error, consumer, record.Topic, record.Partition, record.Offset, failure.Attempts, policy.Delays[step]);
        return ProcessingResult.HandedOver(failure, Outcome.Parked);
    }

    private HandOverRecord ToRetry(in ConsumedRecord record, EventFailure failure)
    {
        var step = (record.Origin?.Step ?? -1) + 1;
        var headers = FailureHeaders.Write(record, group, failure, withMessage: true, withStack: false);
        FailureHeaders.Add(headers, FailureHeaders.Step, step);

        // Up to the next whole millisecond: never early.
        FailureHeaders.Add(headers, FailureHeaders.DueAt, (failure.FailedAt + policy.Delays[step].Time).AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds());
        return new HandOverRecord(topics.Retry(SourceOf(record), policy.Delays[step]), headers) { SourcePartition = record.Origin?.Partition.Partition ?? record.Partition };
    }

    private HandOverRecord ToDeadLetters(in ConsumedRecord record, EventFailure failure) => new(
        policy.DeadLetterTopic ?? topics.DeadLetter(SourceOf(record)), FailureHeaders.Write(record, group, failure, withMessage: true, withStack: true));

    private static string SourceOf(in ConsumedRecord record) => record.Origin?.Source ?? record.Origin?.Partition.Topic ?? record.Topic;

    /// <summary>The partition of the source, by number, as far as there are so many; where that is not known, the client chooses by the key.</summary>
    private int? PartitionOf(HandOverRecord written) => written.SourcePartition is { } number && retries?.PartitionsOf(written.Topic) is { } count ? number % count : null;

    private async ValueTask<ProcessingResult> WriteAsync(ConsumedRecord record, EventFailure failure, HandOverRecord written, Outcome outcome, ProcessingTokens tokens)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await log.AppendAsync(written.Topic, PartitionOf(written), record.Key, record.Value, written.Headers).ConfigureAwait(false);
                LogHandedOver(failure.Error, consumer, record.Topic, record.Partition, record.Offset, failure.Attempts, written.Topic);
                return ProcessingResult.HandedOver(failure, outcome);
            }
            catch (EventProduceException refused)
            {
                LogHeld(refused, consumer, record.Topic, record.Partition, record.Offset, written.Topic, pause);
            }

            try
            {
                await Task.Delay(pause, time, tokens.Draining).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return ProcessingResult.Unfinished(failure.Attempts);
            }
        }
    }

    [LoggerMessage(2040, LogLevel.Warning, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed after {Attempts} attempt(s) and was handed over to {Target}")]
    private partial void LogHandedOver(Exception exception, string consumer, string topic, int partition, long offset, int attempts, string target);

    [LoggerMessage(2041, LogLevel.Error, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed and can't be handed over to {Target}; it is held, and tried again after {Pause}")]
    private partial void LogHeld(Exception exception, string consumer, string topic, int partition, long offset, string target, TimeSpan pause);

    [LoggerMessage(2042, LogLevel.Error, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed after {Attempts} attempt(s) and was skipped, as its policy says")]
    private partial void LogSkipped(Exception exception, string consumer, string topic, int partition, long offset, int attempts);

    [LoggerMessage(2043, LogLevel.Warning, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed after {Attempts} attempt(s) and is parked for {Delay}; later events of its key wait behind it")]
    private partial void LogParked(Exception exception, string consumer, string topic, int partition, long offset, int attempts, RetryDelay delay);

    private readonly record struct HandOverRecord(string Topic, Headers Headers)
    {
        /// <summary>The number of the event's source partition, for a record that stays in it; null where it does not matter.</summary>
        public int? SourcePartition { get; init; }
    }
}
