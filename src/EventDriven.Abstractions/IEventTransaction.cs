namespace EventDriven;

/// <summary>The transaction that code runs in: <see cref="ITransactionalProducer.InTransactionAsync"/>. Valid until that code returns. Thread-safe.</summary>
public interface IEventTransaction
{
    /// <summary>Produces an event by the producer that is registered for its type, as part of the transaction.</summary>
    /// <typeparam name="T">The type of the event. Where several producers are registered for it, call the one meant, by its own <see cref="IEventProducer{T}"/>.</typeparam>
    /// <param name="event">The event.</param>
    /// <param name="options">Headers, partition and timestamp; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the waiting, never the sending.</param>
    /// <returns>Where the event is, once the broker has acknowledged it. Need not be awaited one by one: the commit waits for all of them.</returns>
    /// <exception cref="EventProduceException">The event was not delivered: the transaction will be rolled back.</exception>
    /// <exception cref="InvalidOperationException">No producer of this type is registered, its cluster is another one, or the transaction is over.</exception>
    Task<EventReceipt> ProduceAsync<T>(T @event, ProduceOptions? options = null, CancellationToken cancellationToken = default);
}
