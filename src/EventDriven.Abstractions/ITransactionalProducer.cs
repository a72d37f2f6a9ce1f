namespace EventDriven;

/// <summary>Produces events of several types to several topics of one cluster in transactions: readers with <c>read_committed</c> see all of one, or nothing. Thread-safe; a singleton.</summary>
public interface ITransactionalProducer
{
    /// <summary>
    /// Runs code in a transaction of its own. All that it produces by any <see cref="IEventProducer{T}"/> of the same cluster is part of the transaction, in what it calls and awaits
    /// too, but for <see cref="IEventProducer{T}.OutsideTransaction"/>. When it returns, the transaction is committed; when it throws, or one of its events can't be delivered, it is rolled back.
    /// </summary>
    /// <param name="body">The code. It must await what it starts: what is produced after it has returned is refused.</param>
    /// <param name="cancellationToken">Stops waiting for its turn, and is handed to no code: a transaction whose commit has begun is not given up. Where it has fired when the body returns, the transaction is rolled back.</param>
    /// <returns>A task that completes when the transaction is committed.</returns>
    /// <remarks>Transactions of one producer run one after the other. One begun within another, by the same producer or another, is refused.</remarks>
    /// <exception cref="EventTransactionException">It was not committed, or it is not known whether it was; it says which.</exception>
    /// <exception cref="OperationCanceledException">The token has fired; the transaction was not begun, or was rolled back.</exception>
    /// <exception cref="InvalidOperationException">It was called within a transaction.</exception>
    Task InTransactionAsync(Func<IEventTransaction, Task> body, CancellationToken cancellationToken = default);
}
