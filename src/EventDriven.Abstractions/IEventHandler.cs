namespace EventDriven;

/// <summary>Handles the events of one type that a consumer receives.</summary>
/// <typeparam name="T">The type of the event: a plain class, record or struct.</typeparam>
/// <remarks>
/// The event counts as handled when the returned task completes without an exception; only then may its offset be committed.
/// A handler may be called again for an event it has handled before (after a crash or a hand-over of the partition), so its effect should be idempotent.
/// It is resolved with the lifetime it has in dependency injection (scoped unless registered otherwise, one scope for each attempt) and, unless it is
/// a singleton, is never called concurrently on one instance.
/// </remarks>
public interface IEventHandler<in T>
{
    /// <summary>Handles one event.</summary>
    /// <param name="event">The event.</param>
    /// <param name="context">Where the event comes from, its key, headers and attempt. Valid only until the returned task completes.</param>
    /// <param name="cancellationToken">
    /// Fires at once when the partition is lost, and when the drain budget is over on a revocation or a stop. Throwing
    /// <see cref="OperationCanceledException"/> after it fired leaves the event unfinished: it is not a failure, and the event is delivered again.
    /// </param>
    /// <returns>A task that completes when the event is handled. Any exception goes through the failure policy of the consumer.</returns>
    ValueTask HandleAsync(T @event, EventContext context, CancellationToken cancellationToken);
}
