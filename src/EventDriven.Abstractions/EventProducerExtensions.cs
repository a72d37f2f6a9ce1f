namespace EventDriven;

/// <summary>Shorter forms of the calls of <see cref="IEventProducer{T}"/>.</summary>
public static class EventProducerExtensions
{
    /// <summary>Produces an event with default options and waits until the broker has acknowledged it.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="producer">The producer.</param>
    /// <param name="event">The event.</param>
    /// <param name="cancellationToken">Stops the waiting, never the sending.</param>
    /// <returns>Where the event is.</returns>
    /// <exception cref="EventProduceException">The event was not delivered, or it is not known whether it was.</exception>
    public static Task<EventReceipt> ProduceAsync<T>(this IEventProducer<T> producer, T @event, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return producer.ProduceAsync(@event, options: null, cancellationToken);
    }

    /// <summary>Produces several events in their order, as one after the other without waiting in between, and waits until the broker has acknowledged all of them.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="producer">The producer.</param>
    /// <param name="events">The events. They are taken in at once; for a stream of unknown length use <see cref="IEventProducer{T}.EnqueueAsync"/>.</param>
    /// <param name="options">Headers, partition and timestamp of every one of them; null for the defaults.</param>
    /// <param name="cancellationToken">
    /// Stops the waiting. Events that wait for room in the client's queue are then not sent; those that are in it are sent all the same, and nobody is told of them.
    /// </param>
    /// <returns>Where the events are, in the order of the batch.</returns>
    /// <remarks>
    /// Events of one key keep their order. A batch is no transaction: one event that fails does not hold up the others, also not later ones of its key. Every
    /// event is tried, and the exception says by index which failed.
    /// </remarks>
    /// <exception cref="EventBatchProduceException">At least one event was not produced, or it is not known whether it was.</exception>
    /// <exception cref="ArgumentException">One of the events is null; none is sent.</exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public static async Task<IReadOnlyList<EventReceipt>> ProduceBatchAsync<T>(
        this IEventProducer<T> producer, IEnumerable<T> events, ProduceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(events);
        var all = events.ToArray();
        if (Array.FindIndex(all, static @event => @event is null) is var missing and >= 0)
        {
            throw new ArgumentException($"The event at index {missing} is null. A record without a value is a tombstone: use ProduceTombstoneAsync.", nameof(events));
        }

        if (all.Length == 0) return [];

        var batch = new ProduceBatch(all.Length);
        for (var i = 0; i < all.Length; i++)
        {
            try
            {
                await producer.EnqueueAsync(all[i], batch.At(i), options, cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // It is told with its index.
            catch (Exception refused) when (!(refused is OperationCanceledException && cancellationToken.IsCancellationRequested))
#pragma warning restore CA1031
            {
                batch.Refuse(i, refused);
            }
        }

        await batch.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        return batch.Receipts();
    }
}
