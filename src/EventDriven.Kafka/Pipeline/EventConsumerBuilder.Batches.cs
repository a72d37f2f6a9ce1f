using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

// Each form with a delegate comes twice, as those of Handle do.
public sealed partial class EventConsumerBuilder
{
    /// <summary>Handles the events of a type by a class, several at a time. It is then the only handler of its consumer, which takes every record for an event of the type.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">
    /// The handler. It is resolved with the lifetime it has in dependency injection; unless the application registers it, it is scoped, one scope for each attempt at a batch.
    /// A singleton is resolved once, at start, and then must be thread-safe.
    /// </typeparam>
    /// <param name="maxEvents">How many events a batch has at most, from 1 to 100,000: not more than <see cref="EventConsumerOptions.MaxReplay"/> and <see cref="EventConsumerOptions.MaxBufferedRecords"/>.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, from zero to 1 hour; with zero a batch has what is there.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>
    /// The events of a batch are of one partition. In partition order they follow one another and the partition has one batch at a time; in key order no key is in two batches at
    /// once. What is set here are the defaults of <see cref="EventConsumerOptions.MaxBatchEvents"/> and <see cref="EventConsumerOptions.MaxBatchWait"/>. What is out of range is reported at start.
    /// </remarks>
    public EventConsumerBuilder HandleBatch<T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(int maxEvents, TimeSpan maxWait)
        where THandler : class, IBatchEventHandler<T>
    {
        Pipeline.Handlers.Add(new BatchHandlerDescriptor<T>(services => services.Of<THandler>()) { HandlerType = typeof(THandler) });
        return InBatches(maxEvents, maxWait);
    }

    /// <summary>Handles the events of a type by a delegate, several at a time.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="maxEvents">How many events a batch has at most, as in <see cref="HandleBatch{T, THandler}(int, TimeSpan)"/>.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, as there.</param>
    /// <param name="handler">The handler, under the rules of <see cref="IBatchEventHandler{T}"/>; thread-safe, since batches are handled concurrently.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleBatch<T>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, CancellationToken, ValueTask> handler)
        => HandleBatch<T>(maxEvents, maxWait, handler, [], _ => (batch, _, cancellationToken) => handler(batch, cancellationToken));

    /// <inheritdoc cref="HandleBatch{T}(int, TimeSpan, Func{IReadOnlyList{ReceivedEvent{T}}, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleBatch<T>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, CancellationToken, Task> handler)
        => HandleBatch<T>(maxEvents, maxWait, handler, [], _ => (batch, _, cancellationToken) => new ValueTask(handler(batch, cancellationToken)));

    /// <summary>Handles the events of a type by a delegate and a service, several at a time.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="TService">The service, from the services of the attempt.</typeparam>
    /// <param name="maxEvents">How many events a batch has at most, as in <see cref="HandleBatch{T, THandler}(int, TimeSpan)"/>.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, as there.</param>
    /// <param name="handler">The handler, under the rules of <see cref="IBatchEventHandler{T}"/>; thread-safe, since batches are handled concurrently.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleBatch<T, TService>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService, CancellationToken, ValueTask> handler)
        where TService : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService)], services =>
        {
            var s1 = services.Of<TService>();
            return (batch, context, cancellationToken) => handler(batch, s1(context), cancellationToken);
        });

    /// <inheritdoc cref="HandleBatch{T, TService}(int, TimeSpan, Func{IReadOnlyList{ReceivedEvent{T}}, TService, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleBatch<T, TService>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService, CancellationToken, Task> handler)
        where TService : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService)], services =>
        {
            var s1 = services.Of<TService>();
            return (batch, context, cancellationToken) => new ValueTask(handler(batch, s1(context), cancellationToken));
        });

    /// <summary>Handles the events of a type by a delegate and two services, several at a time.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="TService1">The first service, from the services of the attempt.</typeparam>
    /// <typeparam name="TService2">The second service, from the services of the attempt.</typeparam>
    /// <param name="maxEvents">How many events a batch has at most, as in <see cref="HandleBatch{T, THandler}(int, TimeSpan)"/>.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, as there.</param>
    /// <param name="handler">The handler, under the rules of <see cref="IBatchEventHandler{T}"/>; thread-safe, since batches are handled concurrently.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleBatch<T, TService1, TService2>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService1, TService2, CancellationToken, ValueTask> handler)
        where TService1 : notnull
        where TService2 : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService1), typeof(TService2)], services =>
        {
            var (s1, s2) = (services.Of<TService1>(), services.Of<TService2>());
            return (batch, context, cancellationToken) => handler(batch, s1(context), s2(context), cancellationToken);
        });

    /// <inheritdoc cref="HandleBatch{T, TService1, TService2}(int, TimeSpan, Func{IReadOnlyList{ReceivedEvent{T}}, TService1, TService2, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleBatch<T, TService1, TService2>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService1, TService2, CancellationToken, Task> handler)
        where TService1 : notnull
        where TService2 : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService1), typeof(TService2)], services =>
        {
            var (s1, s2) = (services.Of<TService1>(), services.Of<TService2>());
            return (batch, context, cancellationToken) => new ValueTask(handler(batch, s1(context), s2(context), cancellationToken));
        });

    /// <summary>Handles the events of a type by a delegate and three services, several at a time.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="TService1">The first service, from the services of the attempt.</typeparam>
    /// <typeparam name="TService2">The second service, from the services of the attempt.</typeparam>
    /// <typeparam name="TService3">The third service, from the services of the attempt.</typeparam>
    /// <param name="maxEvents">How many events a batch has at most, as in <see cref="HandleBatch{T, THandler}(int, TimeSpan)"/>.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, as there.</param>
    /// <param name="handler">The handler, under the rules of <see cref="IBatchEventHandler{T}"/>; thread-safe, since batches are handled concurrently.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleBatch<T, TService1, TService2, TService3>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService1, TService2, TService3, CancellationToken, ValueTask> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService1), typeof(TService2), typeof(TService3)], services =>
        {
            var (s1, s2, s3) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>());
            return (batch, context, cancellationToken) => handler(batch, s1(context), s2(context), s3(context), cancellationToken);
        });

    /// <inheritdoc cref="HandleBatch{T, TService1, TService2, TService3}(int, TimeSpan, Func{IReadOnlyList{ReceivedEvent{T}}, TService1, TService2, TService3, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleBatch<T, TService1, TService2, TService3>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService1, TService2, TService3, CancellationToken, Task> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService1), typeof(TService2), typeof(TService3)], services =>
        {
            var (s1, s2, s3) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>());
            return (batch, context, cancellationToken) => new ValueTask(handler(batch, s1(context), s2(context), s3(context), cancellationToken));
        });

    /// <summary>Handles the events of a type by a delegate and four services, several at a time.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="TService1">The first service, from the services of the attempt.</typeparam>
    /// <typeparam name="TService2">The second service, from the services of the attempt.</typeparam>
    /// <typeparam name="TService3">The third service, from the services of the attempt.</typeparam>
    /// <typeparam name="TService4">The fourth service, from the services of the attempt.</typeparam>
    /// <param name="maxEvents">How many events a batch has at most, as in <see cref="HandleBatch{T, THandler}(int, TimeSpan)"/>.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, as there.</param>
    /// <param name="handler">The handler, under the rules of <see cref="IBatchEventHandler{T}"/>; thread-safe, since batches are handled concurrently.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public EventConsumerBuilder HandleBatch<T, TService1, TService2, TService3, TService4>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService1, TService2, TService3, TService4, CancellationToken, ValueTask> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        where TService4 : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService1), typeof(TService2), typeof(TService3), typeof(TService4)], services =>
        {
            var (s1, s2, s3, s4) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>(), services.Of<TService4>());
            return (batch, context, cancellationToken) => handler(batch, s1(context), s2(context), s3(context), s4(context), cancellationToken);
        });

    /// <inheritdoc cref="HandleBatch{T, TService1, TService2, TService3, TService4}(int, TimeSpan, Func{IReadOnlyList{ReceivedEvent{T}}, TService1, TService2, TService3, TService4, CancellationToken, ValueTask})"/>
    public EventConsumerBuilder HandleBatch<T, TService1, TService2, TService3, TService4>(int maxEvents, TimeSpan maxWait, Func<IReadOnlyList<ReceivedEvent<T>>, TService1, TService2, TService3, TService4, CancellationToken, Task> handler)
        where TService1 : notnull
        where TService2 : notnull
        where TService3 : notnull
        where TService4 : notnull
        => HandleBatch<T>(maxEvents, maxWait, handler, [typeof(TService1), typeof(TService2), typeof(TService3), typeof(TService4)], services =>
        {
            var (s1, s2, s3, s4) = (services.Of<TService1>(), services.Of<TService2>(), services.Of<TService3>(), services.Of<TService4>());
            return (batch, context, cancellationToken) => new ValueTask(handler(batch, s1(context), s2(context), s3(context), s4(context), cancellationToken));
        });

    private EventConsumerBuilder HandleBatch<T>(
        int maxEvents,
        TimeSpan maxWait,
        Delegate handler,
        Type[] injected,
        Func<ServiceLookup, Func<IReadOnlyList<ReceivedEvent<T>>, EventContext, CancellationToken, ValueTask>> create)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Pipeline.Handlers.Add(new BatchHandlerDescriptor<T>(services =>
        {
            var shared = new DelegateBatchHandler<T>(create(services));
            return _ => shared;
        })
        {
            InjectedServices = injected,
        });
        return InBatches(maxEvents, maxWait);
    }

    private EventConsumerBuilder InBatches(int maxEvents, TimeSpan maxWait) => Configure(options =>
    {
        options.MaxBatchEvents = maxEvents;
        options.MaxBatchWait = maxWait;
    });
}
