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

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => Rent().RunAsync(record, tokens);

    /// <inheritdoc cref="IBatchPipeline.ProcessFailedAsync"/>
    public ValueTask<ProcessingResult> ProcessFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens) =>
        Rent().RunFailedAsync(record, error, tokens);

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
