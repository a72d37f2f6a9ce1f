namespace EventDriven;

/// <summary>Handles the tombstones of one event type: records with a key and no value, which say that what the key stands for is gone.</summary>
/// <typeparam name="T">The type of the event whose tombstones these are; it says which handler gets them, for a tombstone has no event.</typeparam>
/// <remarks>
/// The key is <see cref="EventContext.GetKey{TKey}"/>. For the rest it is as with <see cref="IEventHandler{T}"/>: a tombstone counts as handled when the returned
/// task completes without an exception, and may come again. Middleware for events (<see cref="IEventMiddleware{T}"/>) does not run, since there is no event.
/// </remarks>
public interface ITombstoneHandler<T>
{
    /// <summary>Handles one tombstone.</summary>
    /// <param name="context">Where the tombstone comes from, its key, headers and attempt. Valid only until the returned task completes.</param>
    /// <param name="cancellationToken">As in <see cref="IEventHandler{T}.HandleAsync"/>.</param>
    /// <returns>A task that completes when the tombstone is handled. Any exception goes through the failure policy of the consumer.</returns>
    ValueTask HandleTombstoneAsync(EventContext context, CancellationToken cancellationToken);
}
