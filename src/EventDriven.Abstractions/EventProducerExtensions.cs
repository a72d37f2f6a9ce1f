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
}
