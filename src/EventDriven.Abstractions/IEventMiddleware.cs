namespace EventDriven;

/// <summary>A step of a consumer's pipeline that runs before the event is deserialized: it sees coordinates, key, headers and bytes.</summary>
/// <remarks>
/// It runs again for each attempt. It has three ways to end: call <c>next</c> and await it; call <see cref="EventContext.Filter"/> to drop the event on
/// purpose; or throw. Returning without any of them is a failure of the event, never a silent commit.
/// The instance has the lifetime it is registered with in dependency injection, scoped (one for each attempt) otherwise; a singleton must be thread-safe.
/// </remarks>
public interface IEventMiddleware
{
    /// <summary>Runs this step for one attempt at one event.</summary>
    /// <param name="context">The context of the event, valid until the returned task completes.</param>
    /// <param name="next">The rest of the pipeline. Call it at most once.</param>
    /// <returns>A task that completes when this step, and the rest of the pipeline if it was called, has completed.</returns>
    ValueTask InvokeAsync(EventContext context, EventDelegate next);
}
