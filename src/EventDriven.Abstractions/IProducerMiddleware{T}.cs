namespace EventDriven;

/// <summary>A step that each event of a producer passes before it is serialized, with the event. Tombstones do not pass it: they have no event.</summary>
/// <typeparam name="T">The type of event that it is for: that of the producer, a base type or an interface of it.</typeparam>
/// <remarks><inheritdoc cref="IProducerMiddleware" path="/remarks"/></remarks>
public interface IProducerMiddleware<in T>
{
    /// <summary>Runs this step for one event.</summary>
    /// <param name="event">The event. Another can't be put in its place.</param>
    /// <param name="context">What is to be produced, valid until the returned task completes.</param>
    /// <param name="next">The rest: the next middleware, then serialization and the client's queue. Call it once. It completes when the event is in the queue, which is before the broker has it.</param>
    /// <returns>A task that completes when this step, and the rest, has completed.</returns>
    ValueTask InvokeAsync(T @event, ProduceContext context, ProduceDelegate next);
}
