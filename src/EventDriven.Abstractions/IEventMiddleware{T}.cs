namespace EventDriven;

/// <summary>A step of a consumer's pipeline that runs after deserialization and has the event.</summary>
/// <typeparam name="T">The type of event that it is for: the handled type itself, a base type or an interface of it.</typeparam>
/// <remarks><inheritdoc cref="IEventMiddleware" path="/remarks"/></remarks>
public interface IEventMiddleware<in T>
{
    /// <summary>Runs this step for one attempt at one event.</summary>
    /// <param name="event">The deserialized event.</param>
    /// <param name="context">The context of the event, valid until the returned task completes.</param>
    /// <param name="next">The rest of the pipeline. Call it at most once.</param>
    /// <returns>A task that completes when this step, and the rest of the pipeline if it was called, has completed.</returns>
    ValueTask InvokeAsync(T @event, EventContext context, EventDelegate next);
}
