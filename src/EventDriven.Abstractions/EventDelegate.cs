namespace EventDriven;

/// <summary>The rest of the pipeline, as a middleware sees it: the next middleware, deserialization, or the handler.</summary>
/// <param name="context">The context of the event that the middleware was given.</param>
/// <returns>A task that completes when the rest of the pipeline has completed; it carries the exception of the handler, if any.</returns>
public delegate ValueTask EventDelegate(EventContext context);
