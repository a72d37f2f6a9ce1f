using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>
    /// Handles the tombstones of an event type (records with a key and no value) by a class. Without a handler for them, a tombstone is a failure of the event that is
    /// not tried again.
    /// </summary>
    /// <typeparam name="T">
    /// The type of the event; one that this consumer handles. Where it handles several, a tombstone goes by its type, as an event does; one that does not say its type goes
    /// to the consumer's handler of tombstones if there is exactly one, and else is a failure.
    /// </typeparam>
    /// <typeparam name="THandler">
    /// The handler. It is resolved with the lifetime it has in dependency injection; unless the application registers it, it is scoped, one scope for each attempt.
    /// A singleton is resolved once, at start, and then must be thread-safe.
    /// </typeparam>
    /// <returns>This builder, so that calls can be chained.</returns>
    public EventConsumerBuilder HandleTombstone<T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>()
        where THandler : class, ITombstoneHandler<T>
    {
        Pipeline.Tombstones.Add(new TombstoneDescriptor(typeof(T), services =>
        {
            var handler = services.Of<THandler>();
            return (context, cancellationToken) => handler(context).HandleTombstoneAsync(context, cancellationToken);
        })
        {
            HandlerType = typeof(THandler),
        });
        return this;
    }

    /// <summary>Handles the tombstones of an event type by a delegate.</summary>
    /// <typeparam name="T">The type of the event; one that this consumer handles.</typeparam>
    /// <param name="handler">The handler; thread-safe, since tombstones are handled concurrently. The key is <see cref="EventContext.GetKey{TKey}"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleTombstone<T>(Func<EventContext, CancellationToken, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Pipeline.Tombstones.Add(new TombstoneDescriptor(typeof(T), _ => handler));
        return this;
    }

    /// <inheritdoc cref="HandleTombstone{T}(Func{EventContext, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleTombstone<T>(Func<EventContext, CancellationToken, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandleTombstone<T>((context, cancellationToken) => new ValueTask(handler(context, cancellationToken)));
    }

    /// <summary>Handles the tombstones of an event type by a delegate and a service.</summary>
    /// <typeparam name="T">The type of the event; one that this consumer handles.</typeparam>
    /// <typeparam name="TService">The service, from the services of the attempt.</typeparam>
    /// <param name="handler">The handler; thread-safe, since tombstones are handled concurrently. The key is <see cref="EventContext.GetKey{TKey}"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleTombstone<T, TService>(Func<EventContext, TService, CancellationToken, ValueTask> handler)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        Pipeline.Tombstones.Add(new TombstoneDescriptor(typeof(T), services =>
        {
            var service = services.Of<TService>();
            return (context, cancellationToken) => handler(context, service(context), cancellationToken);
        })
        {
            InjectedServices = [typeof(TService)],
        });
        return this;
    }

    /// <inheritdoc cref="HandleTombstone{T, TService}(Func{EventContext, TService, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleTombstone<T, TService>(Func<EventContext, TService, CancellationToken, Task> handler)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandleTombstone<T, TService>((context, service, cancellationToken) => new ValueTask(handler(context, service, cancellationToken)));
    }
}
