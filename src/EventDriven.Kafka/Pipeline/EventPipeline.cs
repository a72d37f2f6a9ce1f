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

    /// <summary>The retry in place; null where there is none.</summary>
    public required InPlaceRetry? Retry { get; init; }

    public required PipelineLog Log { get; init; }

    public required ProcessTelemetry Telemetry { get; init; }

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens)
    {
        var execution = Interlocked.Exchange(ref _lastIdle, null);
        if (execution is null && !_idle.TryDequeue(out execution))
        {
            execution = new EventExecution(this);
        }

        return Telemetry.IsEnabled ? ObserveAsync(execution, record, tokens) : execution.RunAsync(record, tokens);
    }

    /// <summary>Handles a record while somebody listens. A method of its own, so that the event's span is the current one in it alone.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ProcessingResult> ObserveAsync(EventExecution execution, ConsumedRecord record, ProcessingTokens tokens)
    {
        var creation = Telemetry.IsTracing ? CreationContextOf(record) : default;
        var operation = Telemetry.Begin(record.Topic, record.Partition, record.Offset, record.Value is null, creation);
        execution.Span = operation.Span;
        var result = await execution.RunAsync(record, tokens).ConfigureAwait(false);
        Telemetry.End(operation, OutcomeNames[(int)result.Outcome], result.Attempts, result.Error);
        return result;
    }

    private static ActivityContext CreationContextOf(in ConsumedRecord record) => record.Headers is Headers headers
        ? TraceContext.Read(headers.GetOnlyBytes(TraceContext.Parent), headers.GetOnlyBytes(TraceContext.State))
        : default;

    public void Return(EventExecution execution)
    {
        if (_lastIdle is not null || Interlocked.CompareExchange(ref _lastIdle, execution, null) is not null)
        {
            _idle.Enqueue(execution);
        }
    }
}
