namespace EventDriven.Kafka.Pipeline;

/// <summary>A middleware before deserialization, in its place.</summary>
internal sealed class MiddlewareStep(int step, string caller, Func<EventContext, EventDelegate, ValueTask> middleware, EventDelegate next)
{
    public ValueTask InvokeAsync(EventContext context)
    {
        PipelineSteps.Enter(context, step, caller);
        return middleware(context, next);
    }
}
