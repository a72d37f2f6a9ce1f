namespace EventDriven;

/// <summary>A step that each event, and each tombstone, of a producer passes before it is serialized: it sees key, headers, partition and time.</summary>
/// <remarks>
/// It has two ways to end: call <c>next</c> and await it, or throw; what it throws comes to the caller of the producer. Returning without having called <c>next</c> is an
/// <see cref="EventProduceException"/> for the caller, never a silent loss. It must not await the producer that it belongs to: later events wait for this one.
/// The instance has the lifetime it is registered with in dependency injection, scoped (one for each event) otherwise; a singleton must be thread-safe.
/// </remarks>
public interface IProducerMiddleware
{
    /// <summary>Runs this step for one event or tombstone.</summary>
    /// <param name="context">What is to be produced, valid until the returned task completes.</param>
    /// <param name="next">The rest: the next middleware, then serialization and the client's queue. Call it once. It completes when the event is in the queue, which is before the broker has it.</param>
    /// <returns>A task that completes when this step, and the rest, has completed.</returns>
    ValueTask InvokeAsync(ProduceContext context, ProduceDelegate next);
}
