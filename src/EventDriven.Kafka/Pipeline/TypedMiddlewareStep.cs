namespace EventDriven.Kafka.Pipeline;

/// <summary>A middleware after deserialization, in its place.</summary>
internal sealed class TypedMiddlewareStep<T>(int step, string caller, Func<EventContext, IEventMiddleware<T>> middleware, EventDelegate next)
{
    public ValueTask InvokeAsync(EventContext context)
    {
        PipelineSteps.Enter(context, step, caller);
        return middleware(context).InvokeAsync((T)context.Event!, context, next);
    }
}
