namespace EventDriven;

/// <summary>Produces the events of one type to one topic. Thread-safe; a singleton in dependency injection.</summary>
/// <typeparam name="T">The type of the event.</typeparam>
/// <remarks>
/// Calls that are made one after the other are sent in that order, also where the local queue is full and they have to wait for room.
/// Events of one key therefore keep their order on their partition.
/// Called within a transaction, by a handler of a consumer that has them or within <see cref="ITransactionalProducer.InTransactionAsync"/>, it produces into that transaction.
/// </remarks>
public interface IEventProducer<T>
{
    /// <summary>Produces an event and waits until the broker has acknowledged it.</summary>
    /// <param name="event">The event.</param>
    /// <param name="options">Headers, partition and timestamp; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the waiting, never the sending: a cancelled event may still be delivered.</param>
    /// <returns>Where the event is.</returns>
    /// <exception cref="EventProduceException">The event was not delivered, or it is not known whether it was; it says which.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    Task<EventReceipt> ProduceAsync(T @event, ProduceOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Hands an event to the client's queue and calls back when its sending has ended: the way to produce at full speed.</summary>
    /// <param name="event">The event.</param>
    /// <param name="onCompleted">
    /// Called once for each event whose call has returned without an exception, on a thread of the client, possibly on two threads at once:
    /// return quickly, do not block, do not throw. Null to leave failures to <see cref="FlushAsync"/> and the log.
    /// </param>
    /// <param name="options">Headers, partition and timestamp; null for the defaults.</param>
    /// <param name="cancellationToken">Stops waiting for room in the queue; the event was then not enqueued.</param>
    /// <returns>A task that completes when the event is in the queue: at once, unless the queue is full.</returns>
    /// <exception cref="EventProduceException">The event could not be enqueued.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled and the event was not enqueued.</exception>
    ValueTask EnqueueAsync(T @event, Action<EventDelivery>? onCompleted, ProduceOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Produces a tombstone, a record with a key and no value, and waits until the broker has acknowledged it.</summary>
    /// <typeparam name="TKey">The type of the key, as the key selector of this producer returns it.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="options">Headers, partition and timestamp; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the waiting, never the sending.</param>
    /// <returns>Where the tombstone is.</returns>
    /// <exception cref="EventProduceException">The tombstone was not delivered, or it is not known whether it was.</exception>
    /// <exception cref="InvalidOperationException">This producer has no key, or one of another type.</exception>
    Task<EventReceipt> ProduceTombstoneAsync<TKey>(TKey key, ProduceOptions? options = null, CancellationToken cancellationToken = default)
        where TKey : notnull;

    /// <summary>Waits until the sending of every event enqueued before this call has ended, well or not.</summary>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <returns>A task that completes when nothing of before is under way.</returns>
    /// <exception cref="EventProduceException">Events that had no completion callback were not delivered since the last flush; it counts them.</exception>
    Task FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// The same producer for what must not be part of the transaction that its caller is in, such as an alert that is to be seen also where the transaction is rolled back. It
    /// produces at once, and once more each time that the event is handled again.
    /// </summary>
    /// <returns>A producer of the same events to the same topic. Where no transactions are used it is this one.</returns>
    IEventProducer<T> OutsideTransaction() => this;
}
