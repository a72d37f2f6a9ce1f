using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// Takes the steps of a policy behind the attempts in place: writes the event to a retry or dead-letter topic, and answers only once the broker has acknowledged
/// it (I4). What can't be written is held, in its lane alone, and tried again until its partition is given up. Thread-safe; runs no code of the application's.
/// </summary>
/// <param name="policy">Says the steps.</param>
/// <param name="log">Where records are written.</param>
/// <param name="topics">Names the topics.</param>
/// <param name="consumer">The name of the consumer.</param>
/// <param name="group">Its group.</param>
/// <param name="logger">Is told.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="held">Where held events are noted.</param>
/// <param name="telemetry">Is told of writes that fail.</param>
/// <param name="transactions">Where records are written of a consumer with transactions; null for others.</param>
/// <param name="random">Numbers from 0 to below 1, by which pauses are spread.</param>
internal sealed partial class FailureChain(
    FailurePolicy policy,
    IHandOverLog log,
    FailureTopics topics,
    string consumer,
    string group,
    ILogger logger,
    TimeProvider time,
    HeldEvents? held = null,
    ProcessTelemetry? telemetry = null,
    TransactionalHandOver? transactions = null,
    Func<double>? random = null)
{
    private readonly HeldEvents _held = held ?? new HeldEvents(time);
    private readonly Func<double> _random = random ?? Random.Shared.NextDouble;

    /// <summary>Takes the next step with an event whose attempts have failed.</summary>
    /// <returns>What has become of it: never <see cref="Outcome.Failed"/>. The task never faults.</returns>
    public async ValueTask<ProcessingResult> NextAsync(ConsumedRecord record, EventFailure failure, ProcessingTokens tokens)
    {
        var source = record.Origin?.Source ?? record.Origin?.Partition.Topic ?? record.Topic;
        switch (policy.Next(failure.Class, record.Origin?.Step ?? -1))
        {
            case FailureStep.Retry when policy.KeepsKeyOrder && failure.Lane is { Assignment.Parking: not null } lane:
                return await ParkAsync(lane, record, failure).ConfigureAwait(false);

            case FailureStep.Retry:
                return await WriteAsync(record, failure, topics.Retry(source, policy.Delays[StepOf(record)]), Outcome.Parked, tokens).ConfigureAwait(false);

            case FailureStep.DeadLetter:
                var topic = policy.DeadLetters.TopicOf(failure.Error, topics, source);
                if (topic == source || topic == record.Topic || policy.DeadLetters.IsNamed(source))
                {
                    // From there it would come here again, for ever.
                    LogLoop(failure.Error, consumer, record.Topic, record.Partition, record.Offset, topic);
                    return ProcessingResult.Stopped(failure.Attempts, failure.Error, failure.Class);
                }

                return await WriteAsync(record, failure, topic, Outcome.DeadLettered, tokens).ConfigureAwait(false);

            case FailureStep.Skip:
                LogSkipped(failure.Error, consumer, record.Topic, record.Partition, record.Offset, failure.Attempts);
                return ProcessingResult.HandedOver(failure, Outcome.Skipped);

            default:
                return ProcessingResult.Stopped(failure.Attempts, failure.Error, failure.Class);
        }
    }

    /// <summary>The step that it takes next.</summary>
    private static int StepOf(in ConsumedRecord record) => (record.Origin?.Step ?? -1) + 1;

    /// <summary>Lets the event, and what comes behind it of its key, wait in the parked log of its partition.</summary>
    private async Task<ProcessingResult> ParkAsync(Lane lane, ConsumedRecord record, EventFailure failure)
    {
        var step = StepOf(record);

        // Up to the next whole millisecond: never early.
        var dueAt = (failure.FailedAt + policy.Delays[step].Time).AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();
        var headers = FailureHeaders.Write(record, group, failure, withMessage: true, withStack: false);
        var added = Math.Max(0, ConfluentRecordSource.WeighHeaders(headers) - (record.Headers is Headers own ? ConfluentRecordSource.WeighHeaders(own) : 0));
        var outcome = await lane.Assignment.ParkAsync(lane, record, headers, added, step, failure.Attempts, dueAt).ConfigureAwait(false);
        if (outcome is Outcome.Unfinished)
        {
            return ProcessingResult.Unfinished(failure.Attempts);
        }

        transactions?.OnParked(record);
        LogParked(failure.Error, consumer, record.Topic, record.Partition, record.Offset, failure.Attempts, policy.Delays[step]);
        return ProcessingResult.HandedOver(failure, Outcome.Parked);
    }

    private async ValueTask<ProcessingResult> WriteAsync(ConsumedRecord record, EventFailure failure, string topic, Outcome outcome, ProcessingTokens tokens)
    {
        var diagnostics = outcome is Outcome.DeadLettered && policy.DeadLetters.WithStack ? Diagnostics.MessageAndStack : Diagnostics.Message;
        var pauses = Backoff.OfHold(_random);
        var isHeld = false;
        try
        {
            while (true)
            {
                var problem = await TryWriteAsync(record, failure, HeadersOf(record, failure, outcome, diagnostics), topic, isHeld, tokens).ConfigureAwait(false);
                if (problem is null)
                {
                    LogHandedOver(failure.Error, consumer, record.Topic, record.Partition, record.Offset, failure.Attempts, topic);
                    return ProcessingResult.HandedOver(failure, outcome);
                }

                if (problem is EventProduceException { Reason: ProduceFailureReason.TooLarge } && diagnostics > Diagnostics.None)
                {
                    // The event matters more than what is told of its failure.
                    diagnostics--;
                    continue;
                }

                if (problem is not OperationCanceledException || !(tokens.Draining.IsCancellationRequested || tokens.Cancelled.IsCancellationRequested))
                {
                    Hold(record, topic, problem, isFirst: !isHeld);
                    isHeld = true;
                    if (await PauseAsync(pauses.Next(), tokens.Draining).ConfigureAwait(false))
                    {
                        continue;
                    }
                }

                LogGivenUp(consumer, record.Topic, record.Partition, record.Offset, topic);
                return ProcessingResult.Unfinished(failure.Attempts);
            }
        }
        finally
        {
            if (isHeld)
            {
                _held.Release(consumer, record);
            }
        }
    }

    /// <summary>Writes once. What was held before is no longer waited for once the partition is being given up; else the drain waits, so that no event is written twice.</summary>
    /// <returns>Null where it is acknowledged; else why it is not, or a cancellation where that is no longer waited for.</returns>
    private async ValueTask<Exception?> TryWriteAsync(ConsumedRecord record, EventFailure failure, Headers headers, string topic, bool isHeld, ProcessingTokens tokens)
    {
        try
        {
            var number = record.Origin?.Partition.Partition ?? record.Partition;
            var writing = transactions is null
                ? log.AppendAsync(topic, number, record.Key, record.Value, headers)
                : transactions.AppendAsync(record, failure, topic, number, record.Key, record.Value, headers);
            if (!writing.IsCompleted)
            {
                _ = writing.ContinueWith(
                    static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            await writing.WaitAsync(isHeld ? tokens.Draining : tokens.Cancelled).ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Whatever goes wrong, the event stays where it is.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return problem;
        }
    }

    private Headers HeadersOf(in ConsumedRecord record, EventFailure failure, Outcome outcome, Diagnostics diagnostics)
    {
        var isDeadLetter = outcome is Outcome.DeadLettered;
        var headers = FailureHeaders.Write(
            record, group, failure, diagnostics >= Diagnostics.Message, diagnostics >= Diagnostics.MessageAndStack, isDeadLetter && policy.DeadLetters.WithSpringHeaders);
        if (!isDeadLetter)
        {
            var step = StepOf(record);
            FailureHeaders.Add(headers, FailureHeaders.Step, step);

            // Up to the next whole millisecond: never early.
            FailureHeaders.Add(headers, FailureHeaders.DueAt, (failure.FailedAt + policy.Delays[step].Time).AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds());
        }

        return headers;
    }

    private void Hold(in ConsumedRecord record, string topic, Exception problem, bool isFirst)
    {
        _held.Hold(consumer, record, HoldReason.HandOver, problem.Message);
        telemetry?.HandOverFailed(record.Topic, topic, problem is EventProduceException refused ? refused.Reason.ToString() : problem.GetType().FullName!);
        if (isFirst)
        {
            LogHeld(problem, consumer, record.Topic, record.Partition, record.Offset, topic);
        }
        else
        {
            LogStillHeld(problem, consumer, record.Topic, record.Partition, record.Offset, topic);
        }
    }

    private async ValueTask<bool> PauseAsync(TimeSpan pause, CancellationToken draining)
    {
        try
        {
            await Task.Delay(pause, time, draining).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(2040, LogLevel.Warning, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed after {Attempts} attempt(s) and was handed over to {Target}")]
    private partial void LogHandedOver(Exception exception, string consumer, string topic, int partition, long offset, int attempts, string target);

    [LoggerMessage(2041, LogLevel.Error, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed and can't be handed over to {Target}; it is held, and tried again until that is mended. Told once for each event")]
    private partial void LogHeld(Exception exception, string consumer, string topic, int partition, long offset, string target);

    [LoggerMessage(2042, LogLevel.Error, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed after {Attempts} attempt(s) and was skipped, as its policy says")]
    private partial void LogSkipped(Exception exception, string consumer, string topic, int partition, long offset, int attempts);

    [LoggerMessage(2046, LogLevel.Warning, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed after {Attempts} attempt(s) and is parked for {Delay}; later events of its key wait behind it")]
    private partial void LogParked(Exception exception, string consumer, string topic, int partition, long offset, int attempts, RetryDelay delay);

    [LoggerMessage(2043, LogLevel.Debug, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} still can't be handed over to {Target}")]
    private partial void LogStillHeld(Exception exception, string consumer, string topic, int partition, long offset, string target);

    [LoggerMessage(2044, LogLevel.Information, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} was not handed over to {Target} before its partition was given up; it is left to the next owner")]
    private partial void LogGivenUp(string consumer, string topic, int partition, long offset, string target);

    [LoggerMessage(2045, LogLevel.Error, "Consumer {Consumer}: {Topic}[{Partition}]@{Offset} failed, and its dead letter would go to {Target}, from where it would come here again: the partition stops before it. Give these dead letters another topic, or read that one by a consumer of its own")]
    private partial void LogLoop(Exception exception, string consumer, string topic, int partition, long offset, string target);

    /// <summary>How much is told of the exception.</summary>
    private enum Diagnostics
    {
        None = 0,
        Message,
        MessageAndStack,
    }
}
