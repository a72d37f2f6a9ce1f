using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc cref="IEventPipeline"/>
internal sealed class EventPipeline : IEventPipeline
{
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

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens)
    {
        var execution = Interlocked.Exchange(ref _lastIdle, null);
        if (execution is null && !_idle.TryDequeue(out execution))
        {
            execution = new EventExecution(this);
        }

        return execution.RunAsync(record, tokens);
    }

    public void Return(EventExecution execution)
    {
        if (_lastIdle is not null || Interlocked.CompareExchange(ref _lastIdle, execution, null) is not null)
        {
            _idle.Enqueue(execution);
        }
    }
}
