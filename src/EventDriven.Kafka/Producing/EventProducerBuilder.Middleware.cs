using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka;

public sealed partial class EventProducerBuilder<T>
{
    private readonly List<ProducerMiddlewareDescriptor> _middleware = [];

    /// <summary>Adds a middleware of a type. Middleware runs in the order written, before the event is serialized.</summary>
    /// <typeparam name="TMiddleware">
    /// An <see cref="IProducerMiddleware"/>, for every event and tombstone, or an <see cref="IProducerMiddleware{T}"/>, which gets the event (of this type, a base type or an
    /// interface of it) and is passed over by tombstones. One that is both gets events the second way and tombstones the first.
    /// It is resolved with the lifetime it has in dependency injection; unless the application registers it, it is scoped, one scope for each event.
    /// A singleton is resolved once, at start, and must be thread-safe.
    /// </typeparam>
    /// <param name="arguments">
    /// Arguments for its constructor, which gets its other parameters from the services. With any, the instance is made here and not by dependency injection: once
    /// where the type is registered as a singleton, else for each event. Such a middleware must not be disposable.
    /// </param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="arguments"/> or one of them is null.</exception>
    public EventProducerBuilder<T> Use<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>(params object[] arguments)
        where TMiddleware : class
    {
        ArgumentNullException.ThrowIfNull(arguments);
        foreach (var argument in arguments) ArgumentNullException.ThrowIfNull(argument, nameof(arguments));

        _middleware.Add(new ProducerMiddlewareDescriptor { Type = typeof(TMiddleware), Arguments = [.. arguments], Position = _middleware.Count + 1 });
        return this;
    }

    /// <summary>Adds a middleware that a factory makes or finds for each event.</summary>
    /// <param name="factory">Gets the services of the event. What it returns is not disposed here: take what is disposable from the services. Thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is null.</exception>
    public EventProducerBuilder<T> Use(Func<IServiceProvider, IProducerMiddleware> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _middleware.Add(new ProducerMiddlewareDescriptor { Factory = factory, Position = _middleware.Count + 1 });
        return this;
    }

    /// <summary>Adds a middleware as a delegate: <c>.Use(async (context, next) => { …; await next(context); })</c>.</summary>
    /// <param name="middleware">The middleware, under the rules of <see cref="IProducerMiddleware"/>. Thread-safe.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="middleware"/> is null.</exception>
    public EventProducerBuilder<T> Use(Func<ProduceContext, ProduceDelegate, ValueTask> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(new ProducerMiddlewareDescriptor { Inline = middleware, Position = _middleware.Count + 1 });
        return this;
    }
}
