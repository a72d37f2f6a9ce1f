using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>Adds a middleware of a type. Middleware runs in the order written, again for each attempt.</summary>
    /// <typeparam name="TMiddleware">
    /// An <see cref="IEventMiddleware"/>, which runs before the event is deserialized, or an <see cref="IEventMiddleware{T}"/>, which runs after that, for events of its
    /// type (of an interface or base type: for each reference type that is one). One that is both runs in both places.
    /// It is resolved with the lifetime it has in dependency injection; unless the application registers it, it is scoped, one scope for each attempt.
    /// A singleton is resolved once, at start, and must be thread-safe.
    /// </typeparam>
    /// <param name="arguments">
    /// Arguments for its constructor, which gets its other parameters from the services. With any, the instance is made here and not by dependency injection: once
    /// where the type is registered as a singleton, else for each attempt. Such a middleware must not be disposable.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="arguments"/> or one of them is null.</exception>
    public EventConsumerBuilder Use<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>(params object[] arguments)
        where TMiddleware : class
    {
        ArgumentNullException.ThrowIfNull(arguments);
        foreach (var argument in arguments)
        {
            ArgumentNullException.ThrowIfNull(argument, nameof(arguments));
        }

        Pipeline.Middleware.Add(new MiddlewareDescriptor { Type = typeof(TMiddleware), Arguments = [.. arguments], Position = Pipeline.Middleware.Count + 1 });
        return this;
    }

    /// <summary>Adds a middleware that a factory makes or finds for each attempt.</summary>
    /// <param name="factory">Gets the services of the attempt. What it returns is not disposed here: take what is disposable from the services. Thread-safe.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="factory"/> is null.</exception>
    public EventConsumerBuilder Use(Func<IServiceProvider, IEventMiddleware> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Pipeline.Middleware.Add(new MiddlewareDescriptor { Factory = factory, Position = Pipeline.Middleware.Count + 1 });
        return this;
    }

    /// <summary>Adds a middleware as a delegate: <c>.Use(async (context, next) => { …; await next(context); })</c>.</summary>
    /// <param name="middleware">The middleware; it runs before the event is deserialized, under the rules of <see cref="IEventMiddleware"/>. Thread-safe.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="middleware"/> is null.</exception>
    public EventConsumerBuilder Use(Func<EventContext, EventDelegate, ValueTask> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        Pipeline.Middleware.Add(new MiddlewareDescriptor { Inline = middleware, Position = Pipeline.Middleware.Count + 1 });
        return this;
    }
}
