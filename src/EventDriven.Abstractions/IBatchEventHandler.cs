namespace EventDriven;

/// <summary>Handles the events of one type that a consumer receives, several at a time.</summary>
/// <typeparam name="T">The type of the events: a plain class, record or struct.</typeparam>
/// <remarks>
/// <para>
/// All events of a batch are handled when the returned task completes without an exception; only then may their offsets be committed.
/// A batch may come again, wholly, in part, or cut in another way (after a crash or a hand-over of the partition), so its effect should be idempotent.
/// </para>
/// <para>
/// To say which event failed, throw <see cref="BatchFailedException"/>: the events before it are then handled, and the others are not. After any other exception none
/// is, and each is handled on its own, as a batch of one, so that an event that can't be handled does not take its neighbours with it.
/// </para>
/// <para>
/// It is resolved with the lifetime it has in dependency injection (scoped unless registered otherwise, one scope for each attempt at a batch) and, unless it is
/// a singleton, is never called concurrently on one instance.
/// </para>
/// </remarks>
public interface IBatchEventHandler<T>
{
    /// <summary>Handles a batch.</summary>
    /// <param name="batch">
    /// The events, at least one, all of one partition. Those that must keep an order among themselves (of a partition, or of a key, as the consumer says) are in that order,
    /// and no key is in two batches at once. The list and the contexts are valid only until the returned task completes.
    /// </param>
    /// <param name="cancellationToken">
    /// Fires at once when the partition is lost, when the drain budget is over on a revocation or a stop, and when the attempt's time limit is over, where it has one.
    /// </param>
    /// <returns>A task that completes when all events are handled.</returns>
    ValueTask HandleAsync(IReadOnlyList<ReceivedEvent<T>> batch, CancellationToken cancellationToken);
}
