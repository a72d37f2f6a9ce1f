using System.Runtime.CompilerServices;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal sealed class EventRoute<T> : EventRoute
{
    private readonly string _consumer;
    private readonly string? _handlerName;
    private readonly string? _tombstoneHandlerName;
    private readonly IEventSerializer<T> _serializer;
    private readonly HandlerCall<T> _handler;
    private readonly HandlerCall<Tombstone>? _tombstones;
    private readonly EventDelegate? _typed;

    public EventRoute(
        string consumer,
        IEventSerializer<T> serializer,
        IEventHandler<T> handler,
        IEventHandler<Tombstone>? tombstones,
        MiddlewareDescriptor[] middleware,
        PipelineComposer composer,
        string? handlerName,
        string? tombstoneHandlerName)
    {
        _consumer = consumer;
        _handlerName = handlerName;
        _tombstoneHandlerName = tombstoneHandlerName;
        _serializer = serializer;
        var tracked = composer.Blueprint.Middleware.Count > 0;
        _handler = new HandlerCall<T>(handler, tracked);
        _tombstones = tombstones is null ? null : new HandlerCall<Tombstone>(tombstones, tracked);
        if (middleware.Length == 0)
        {
            return;
        }

        var first = composer.FirstTypedStep;
        var last = middleware[^1].Name;
        EventDelegate next = context =>
        {
            PipelineSteps.Enter(context, first + middleware.Length, last);
            return _handler.InvokeAsync((T)context.Event!, context);
        };
        for (var i = middleware.Length - 1; i >= 0; i--)
        {
            var caller = i == 0 ? typeof(T).Name : middleware[i - 1].Name;
            next = new TypedMiddlewareStep<T>(first + i, caller, middleware[i].Compose<T>(composer.Services), next).InvokeAsync;
        }

        _typed = next;
    }

    public override Type EventType => typeof(T);

    public override bool HandlesTombstones => _tombstones is not null;

    public override string? HandlerOf(bool tombstones) => tombstones ? _tombstoneHandlerName : _handlerName;

    public override string? SchemaName(IEventTypeReader types) => types.NameOf<T>();

    public override ValueTask InvokeAsync(EventContext context)
    {
        if (context.RawValue is not { } record)
        {
            return _tombstones is not null ? _tombstones.InvokeAsync(default, context) : throw UnhandledTombstone(context);
        }

        var value = context.Data ?? record;

        ValueTask<T> reading;
        try
        {
            reading = _serializer.DeserializeAsync(value, new EventSerializationContext(context, EventComponent.Value), context.CancellationToken);
        }
        catch (EventSerializationException exception)
        {
            throw Located(exception, context, value);
        }

        return reading.IsCompletedSuccessfully ? GoOnAsync(reading.Result, context) : AwaitEventAsync(reading, context, value);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitEventAsync(ValueTask<T> reading, EventContext context, ReadOnlyMemory<byte> value)
    {
        T @event;
        try
        {
            @event = await reading.ConfigureAwait(false);
        }
        catch (EventSerializationException exception)
        {
            throw Located(exception, context, value);
        }

        await GoOnAsync(@event, context).ConfigureAwait(false);
    }

    private ValueTask GoOnAsync(T @event, EventContext context)
    {
        if (@event is null)
        {
            throw Located(new EventSerializationException($"{_serializer} returned null for a {typeof(T)}.", typeof(T)), context, context.Data ?? context.RawValue);
        }

        if (_typed is null)
        {
            return _handler.InvokeAsync(@event, context);
        }

        context.Event = @event;
        return _typed(context);
    }

    private EventSerializationException Located(EventSerializationException exception, EventContext context, ReadOnlyMemory<byte> value) =>
        ReadErrors.Located(_consumer, context, EventComponent.Value, typeof(T), exception, value.Span);

    private EventSerializationException UnhandledTombstone(EventContext context) => new(
        $"Consumer '{_consumer}': {PipelineSteps.Coordinates(context)} is a tombstone (a record with a key and no value), and the consumer has no handler for tombstones of {typeof(T)}. "
        + $"Handle them with HandleTombstone<{typeof(T).Name}, …>(); to drop tombstones on purpose, filter them in a middleware: if (context.Value is null) context.Filter(\"tombstone\").",
        typeof(T));
}
