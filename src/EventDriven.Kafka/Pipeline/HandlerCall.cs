using System.Runtime.CompilerServices;

namespace EventDriven.Kafka.Pipeline;

/// <summary>The call of a handler, the last step of the pipeline.</summary>
/// <param name="handler">The handler.</param>
/// <param name="tracked">Whether middleware stands before it.</param>
internal sealed class HandlerCall<T>(IEventHandler<T> handler, bool tracked)
{
    public ValueTask InvokeAsync(T @event, EventContext context)
    {
        // Reading the token first also refuses a context whose attempt is over: a handler must not start then.
        var cancellationToken = context.CancellationToken;
        return tracked ? TrackAsync(@event, context, cancellationToken) : handler.HandleAsync(@event, context, cancellationToken);
    }

    /// <summary>Notes how the handler ended, so that middleware that does not await it or swallows its exception can't make an event look handled (I1).</summary>
    private ValueTask TrackAsync(T @event, EventContext context, CancellationToken cancellationToken)
    {
        context.Progress = HandlerProgress.Running;
        ValueTask handling;
        try
        {
            handling = handler.HandleAsync(@event, context, cancellationToken);
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
}
