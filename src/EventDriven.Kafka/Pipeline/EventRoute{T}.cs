using System.Runtime.CompilerServices;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal sealed class EventRoute<T> : EventRoute
{
    private readonly string _consumer;
    private readonly IEventSerializer<T> _serializer;
    private readonly IEventHandler<T> _handler;
    private readonly bool _tracked;
    private readonly EventDelegate? _typed;

    public EventRoute(string consumer, IEventSerializer<T> serializer, IEventHandler<T> handler, MiddlewareDescriptor[] middleware, PipelineComposer composer)
    {
        _consumer = consumer;
        _serializer = serializer;
        _handler = handler;
        _tracked = composer.Blueprint.Middleware.Count > 0;
        if (middleware.Length == 0)
        {
            return;
        }

        var first = composer.FirstTypedStep;
        var last = middleware[^1].Name;
        EventDelegate next = context =>
        {
            PipelineSteps.Enter(context, first + middleware.Length, last);
            return HandleAsync((T)context.Event!, context);
        };
        for (var i = middleware.Length - 1; i >= 0; i--)
        {
            var caller = i == 0 ? typeof(T).Name : middleware[i - 1].Name;
            next = new TypedMiddlewareStep<T>(first + i, caller, middleware[i].Compose<T>(composer.Services), next).InvokeAsync;
        }

        _typed = next;
    }

    public override Type EventType => typeof(T);

    public override ValueTask InvokeAsync(EventContext context)
    {
        if (context.RawValue is not { } value)
        {
            throw Tombstone(context);
        }

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
    private async ValueTask AwaitEventAsync(ValueTask<T> reading, EventContext context, byte[] value)
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
            throw Located(new EventSerializationException($"{_serializer} returned null for a {typeof(T)}.", typeof(T)), context, context.RawValue!);
        }

        if (_typed is null)
        {
            return HandleAsync(@event, context);
        }

        context.Event = @event;
        return _typed(context);
    }

    private ValueTask HandleAsync(T @event, EventContext context)
    {
        // Reading the token first also refuses a context whose attempt is over: a handler must not start then.
        var cancellationToken = context.CancellationToken;
        return _tracked ? TrackAsync(@event, context, cancellationToken) : _handler.HandleAsync(@event, context, cancellationToken);
    }

    /// <summary>Notes how the handler ended, so that middleware that does not await it or swallows its exception can't make an event look handled (I1).</summary>
    private ValueTask TrackAsync(T @event, EventContext context, CancellationToken cancellationToken)
    {
        context.Progress = HandlerProgress.Running;
        ValueTask handling;
        try
        {
            handling = _handler.HandleAsync(@event, context, cancellationToken);
        }
        catch
        {
            context.Progress = HandlerProgress.Failed;
            throw;
        }

        if (!handling.IsCompletedSuccessfully)
        {
            return AwaitHandlerAsync(handling, context);
        }

        handling.GetAwaiter().GetResult();
        context.Progress = HandlerProgress.Completed;
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitHandlerAsync(ValueTask handling, EventContext context)
    {
        try
        {
            await handling.ConfigureAwait(false);
            context.Progress = HandlerProgress.Completed;
        }
        catch
        {
            context.Progress = HandlerProgress.Failed;
            throw;
        }
    }

    private EventSerializationException Located(EventSerializationException exception, EventContext context, byte[] value)
    {
        const int Shown = 16;
        var first = Convert.ToHexStringLower(value.AsSpan(0, Math.Min(value.Length, Shown)));
        var bytes = value.Length == 0 ? "It has no bytes." : $"It has {value.Length} bytes{(value.Length > Shown ? ", the first are " : ": ")}{first}.";
        return new EventSerializationException(
            $"Consumer '{_consumer}' can't read {PipelineSteps.Coordinates(context)} as {typeof(T)}. {exception.Message} {bytes}", typeof(T), exception);
    }

    private EventSerializationException Tombstone(EventContext context) => new(
        $"Consumer '{_consumer}': {PipelineSteps.Coordinates(context)} is a tombstone (a record with a key and no value), and the consumer has no handler for tombstones of {typeof(T)}. "
        + "To drop tombstones on purpose, filter them in a middleware: if (context.Value is null) context.Filter(\"tombstone\").",
        typeof(T));
}
