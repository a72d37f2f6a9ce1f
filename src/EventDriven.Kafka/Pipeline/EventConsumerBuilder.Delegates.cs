using System.Runtime.CompilerServices;

namespace EventDriven.Kafka;

// Each form comes twice, for lambdas that return ValueTask and Task. An async lambda fits both: the priority chooses ValueTask.
public sealed partial class EventConsumerBuilder
{
    /// <summary>Handles the events of a type by a delegate.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="handler">The handler; thread-safe, since events are handled concurrently. Its token is that of <see cref="EventContext.CancellationToken"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder Handle<T>(Func<T, CancellationToken, ValueTask> handler)
        => Handle<T>(handler, [], _ => (@event, _, cancellationToken) => handler(@event, cancellationToken));

    /// <inheritdoc cref="Handle{T}(Func{T, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder Handle<T>(Func<T, CancellationToken, Task> handler)
        => Handle<T>(handler, [], _ => (@event, _, cancellationToken) => new ValueTask(handler(@event, cancellationToken)));

    /// <summary>Handles the events of a type by a delegate that gets its context.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="handler">The handler; thread-safe, since events are handled concurrently. Its token is that of <see cref="EventContext.CancellationToken"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder Handle<T>(Func<T, EventContext, CancellationToken, ValueTask> handler)
        => Handle<T>(handler, [], _ => handler);

    /// <inheritdoc cref="Handle{T}(Func{T, EventContext, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder Handle<T>(Func<T, EventContext, CancellationToken, Task> handler)
        => Handle<T>(handler, [], _ => (@event, context, cancellationToken) => new ValueTask(handler(@event, context, cancellationToken)));

    /// <summary>Handles the events of a type by a delegate and a service.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <typeparam name="TService">The service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <param name="handler">The handler; thread-safe, since events are handled concurrently. Its token is that of <see cref="EventContext.CancellationToken"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder Handle<T, TService>(Func<T, TService, CancellationToken, ValueTask> handler)
        where TService : notnull
        => Handle<T>(handler, [typeof(TService)], services =>
        {
            var s1 = services.Of<TService>();
            return (@event, context, cancellationToken) => handler(@event, s1(context), cancellationToken);
        });

    /// <inheritdoc cref="Handle{T, TService}(Func{T, TService, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder Handle<T, TService>(Func<T, TService, CancellationToken, Task> handler)
        where TService : notnull
        => Handle<T>(handler, [typeof(TService)], services =>
        {
            var s1 = services.Of<TService>();
            return (@event, context, cancellationToken) => new ValueTask(handler(@event, s1(context), cancellationToken));
        });

    /// <summary>Handles the events of a type by a delegate and two services.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <typeparam name="TService1">The first service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <typeparam name="TService2">The second service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <param name="handler">The handler; thread-safe, since events are handled concurrently. Its token is that of <see cref="EventContext.CancellationToken"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder Handle<T, TService1, TService2>(Func<T, TService1, TService2, CancellationToken, ValueTask> handler)
        where TService1 : notnull
        where TService2 : notnull
        => Handle<T>(handler, [typeof(TService1), typeof(TService2)], services =>
        {
            var (s1, s2) = (services.Of<TService1>(), services.Of<TService2>());
            return (@event, context, cancellationToken) => handler(@event, s1(context), s2(context), cancellationToken);
        });

    /// <inheritdoc cref="Handle{T, TService1, TService2}(Func{T, TService1, TService2, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder Handle<T, TService1, TService2>(Func<T, TService1, TService2, CancellationToken, Task> handler)
        where TService1 : notnull
        where TService2 : notnull
        => Handle<T>(handler, [typeof(TService1), typeof(TService2)], services =>
        {
            var (s1, s2) = (services.Of<TService1>(), services.Of<TService2>());
            return (@event, context, cancellationToken) => new ValueTask(handler(@event, s1(context), s2(context), cancellationToken));
        });

    /// <summary>Handles the events of a type by a delegate and three services.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <typeparam name="TService1">The first service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <typeparam name="TService2">The second service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <typeparam name="TService3">The third service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <param name="handler">The handler; thread-safe, since events are handled concurrently. Its token is that of <see cref="EventContext.CancellationToken"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder Handle<T, TService1, TService2, TService3>(Func<T, TService1, TService2, TService3, CancellationToken, ValueTask> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        => Handle<T>(handler, [typeof(TService1), typeof(TService2), typeof(TService3)], services =>
        {
            var (s1, s2, s3) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>());
            return (@event, context, cancellationToken) => handler(@event, s1(context), s2(context), s3(context), cancellationToken);
        });

    /// <inheritdoc cref="Handle{T, TService1, TService2, TService3}(Func{T, TService1, TService2, TService3, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder Handle<T, TService1, TService2, TService3>(Func<T, TService1, TService2, TService3, CancellationToken, Task> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        => Handle<T>(handler, [typeof(TService1), typeof(TService2), typeof(TService3)], services =>
        {
            var (s1, s2, s3) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>());
            return (@event, context, cancellationToken) => new ValueTask(handler(@event, s1(context), s2(context), s3(context), cancellationToken));
        });

    /// <summary>Handles the events of a type by a delegate and four services.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <typeparam name="TService1">The first service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <typeparam name="TService2">The second service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <typeparam name="TService3">The third service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <typeparam name="TService4">The fourth service, from the services of the attempt; <see cref="EventContext"/> is the context of the event.</typeparam>
    /// <param name="handler">The handler; thread-safe, since events are handled concurrently. Its token is that of <see cref="EventContext.CancellationToken"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder Handle<T, TService1, TService2, TService3, TService4>(Func<T, TService1, TService2, TService3, TService4, CancellationToken, ValueTask> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        where TService4 : notnull
        => Handle<T>(handler, [typeof(TService1), typeof(TService2), typeof(TService3), typeof(TService4)], services =>
        {
            var (s1, s2, s3, s4) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>(), services.Of<TService4>());
            return (@event, context, cancellationToken) => handler(@event, s1(context), s2(context), s3(context), s4(context), cancellationToken);
        });

    /// <inheritdoc cref="Handle{T, TService1, TService2, TService3, TService4}(Func{T, TService1, TService2, TService3, TService4, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder Handle<T, TService1, TService2, TService3, TService4>(Func<T, TService1, TService2, TService3, TService4, CancellationToken, Task> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        where TService4 : notnull
        => Handle<T>(handler, [typeof(TService1), typeof(TService2), typeof(TService3), typeof(TService4)], services =>
        {
            var (s1, s2, s3, s4) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>(), services.Of<TService4>());
            return (@event, context, cancellationToken) => new ValueTask(handler(@event, s1(context), s2(context), s3(context), s4(context), cancellationToken));
        });
}
