namespace EventDriven;

/// <summary>The rest of what an event passes on its way into the client's queue, as a producer's middleware sees it.</summary>
/// <param name="context">The context that the middleware was given.</param>
/// <returns>A task that completes when the event is in the client's queue, and faults when it does not get there.</returns>
public delegate ValueTask ProduceDelegate(ProduceContext context);
