using System.Runtime.CompilerServices;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal sealed class KeyReader<TKey>(string consumer, IEventSerializer<TKey> serializer) : KeyReader
    where TKey : notnull
{
    public override Type KeyType => typeof(TKey);

    public override EventDelegate Before(EventDelegate next) => context => InvokeAsync(context, next);

    /// <summary>Reads the key now, for somebody who can't wait.</summary>
    public TKey Read(EventContext context)
    {
        var reading = BeginReading(context);
        if (!reading.IsCompleted)
        {
            // Nobody will await it; its failure is of no account, since the key is read again when its turn comes.
            _ = reading.AsTask().ContinueWith(
                static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new InvalidOperationException(
                $"Consumer '{consumer}': {serializer} has to wait before it can read the key of {PipelineSteps.Coordinates(context)}, and GetKey was called before keys are read. Call it in the handler or in an IEventMiddleware<T>.");
        }

        TKey key;
        try
        {
            key = reading.GetAwaiter().GetResult();
        }
        catch (EventSerializationException exception)
        {
            throw Located(exception, context);
        }

        return Checked(key, context);
    }

    private ValueTask InvokeAsync(EventContext context, EventDelegate next)
    {
        if (context.RawKey is null || context.HasKey<TKey>())
        {
            return next(context);
        }

        var reading = BeginReading(context);
        if (!reading.IsCompletedSuccessfully)
        {
            return AwaitKeyAsync(reading, context, next);
        }

        context.SetKey(Checked(reading.Result, context));
        return next(context);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitKeyAsync(ValueTask<TKey> reading, EventContext context, EventDelegate next)
    {
        TKey key;
        try
        {
            key = await reading.ConfigureAwait(false);
        }
        catch (EventSerializationException exception)
        {
            throw Located(exception, context);
        }

        context.SetKey(Checked(key, context));
        await next(context).ConfigureAwait(false);
    }

    private ValueTask<TKey> BeginReading(EventContext context)
    {
        try
        {
            return serializer.DeserializeAsync(context.RawKey, new EventSerializationContext(context, EventComponent.Key), context.CancellationToken);
        }
        catch (EventSerializationException exception)
        {
            throw Located(exception, context);
        }
    }

    private TKey Checked(TKey key, EventContext context) =>
        key is not null ? key : throw Located(new EventSerializationException($"{serializer} returned null for a key.", typeof(TKey)), context);

    private EventSerializationException Located(EventSerializationException exception, EventContext context) =>
        ReadErrors.Located(consumer, context, EventComponent.Key, typeof(TKey), exception, context.RawKey);
}
