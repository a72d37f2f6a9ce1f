using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc cref="IEventPipeline"/>
internal sealed class EventPipeline : IEventPipeline
{
    private static readonly string[] OutcomeNames = [.. Enum.GetNames<Outcome>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    // Never holds more than were under way at once, which the engine bounds.
    private readonly ConcurrentQueue<EventExecution> _idle = new();
    private EventExecution? _lastIdle;

    /// <summary>All steps of one attempt, composed.</summary>
    public required EventDelegate Chain { get; init; }

    /// <summary>The names of the untyped middleware, by step.</summary>
    public required string[] StepNames { get; init; }

    public required bool HasMiddleware { get; init; }

    public required ConsumerContextHost Host { get; init; }

    public required TimeSpan? AttemptTimeout { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>What happens once the attempts in place are over.</summary>
    public required FailurePolicy Policy { get; init; }

    /// <summary>Takes the steps of the policy; null where it has none.</summary>
    public required FailureChain? Failures { get; init; }

    /// <summary>The retry in place; null where there is none.</summary>
    public required InPlaceRetry? Retry { get; init; }

    public required PipelineLog Log { get; init; }

    public required ProcessTelemetry Telemetry { get; init; }

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens)
    {
        if (record.Origin is { DueAt: { } due }) Telemetry.StartWaiting(record.Topic, due);

        var execution = Rent();
        return Telemetry.IsEnabled ? ObserveAsync(execution, record, null, tokens) : execution.RunAsync(record, tokens);
    }

    /// <inheritdoc cref="IBatchPipeline.ProcessFailedAsync"/>
    public ValueTask<ProcessingResult> ProcessFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens)
    {
        var execution = Rent();
        return Telemetry.IsEnabled ? ObserveAsync(execution, record, error, tokens) : execution.RunFailedAsync(record, error, tokens);
    }

    /// <summary>Handles a record while somebody listens. A method of its own, so that the event's span is the current one in it alone.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProcessingResult> ObserveAsync(EventExecution execution, ConsumedRecord record, Exception? failed, ProcessingTokens tokens)
    {
        var creation = Telemetry.IsTracing ? CreationContextOf(record) : default;
        var operation = Telemetry.Begin(record.Topic, record.Partition, record.Offset, record.Value is null, creation);
        execution.Span = operation.Span;
        var running = failed is null ? execution.RunAsync(record, tokens) : execution.RunFailedAsync(record, failed, tokens);
        var result = await running.ConfigureAwait(false);
        if (result.Failure is { } failure)
        {
            // It ends with its outcome.
            failure.Operation = operation;
        }
        else
        {
            Telemetry.End(operation, NameOf(result.Outcome), result.Attempts, result.Error);
        }

        return result;
    }

    public async ValueTask<ProcessingResult> HandOverAsync(ConsumedRecord record, EventFailure failure, ProcessingTokens tokens)
    {
        var result = await Failures!.NextAsync(record, failure, tokens).ConfigureAwait(false);
        if (failure.Operation is { } operation)
        {
            Telemetry.End(operation, NameOf(result.Outcome), result.Attempts, result.Error);
        }

        return result;
    }

    ValueTask<ProcessingResult> IEventPipeline.HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => HandOverAsync(record, failure, tokens);

    /// <summary>An outcome as telemetry names it.</summary>
    public static string NameOf(Outcome outcome) => OutcomeNames[(int)outcome];

    /// <summary>The context that the producer of a record gave it.</summary>
    public static ActivityContext CreationContextOf(in ConsumedRecord record) => record.Headers is Headers headers
        ? TraceContext.Read(headers.GetOnlyBytes(TraceContext.Parent), headers.GetOnlyBytes(TraceContext.State))
        : default;

    public void Return(EventExecution execution)
    {
        if (_lastIdle is not null || Interlocked.CompareExchange(ref _lastIdle, execution, null) is not null)
        {
            _idle.Enqueue(execution);
        }
    }

    /// <summary>Why an attempt that ended without an exception has handled nothing.</summary>
    public EventNotHandledException NotHandled(EventContext context)
    {
        var step = context.NextStep - 1;
        var what = context.Progress switch
        {
            HandlerProgress.Running => "A middleware returned before the rest of the pipeline had completed: it must await next(context).",
            HandlerProgress.Failed => "A middleware caught the handler's exception and returned.",
            _ when step >= 0 && step < StepNames.Length => $"{StepNames[step]} returned without calling next.",
            _ => "The handler was not reached: a middleware returned without calling next, or caught an exception.",
        };
        return new EventNotHandledException(
            $"Consumer '{Host.ConsumerName}': nobody handled {PipelineSteps.Coordinates(context)}. {what} To drop an event on purpose, call context.Filter(reason); to fail it, throw.");
    }

    /// <summary>What an attempt failed with that ended when its time was over.</summary>
    public AttemptTimeoutException TimedOut(EventContext context, Exception error) => new(
        $"The attempt at {PipelineSteps.Coordinates(context)} of consumer '{Host.ConsumerName}' took longer than its limit of {AttemptTimeout}.", AttemptTimeout!.Value, error);

    private EventExecution Rent()
    {
        var execution = Interlocked.Exchange(ref _lastIdle, null);
        if (execution is null && !_idle.TryDequeue(out execution))
        {
            execution = new EventExecution(this);
        }

        return execution;
    }
}
