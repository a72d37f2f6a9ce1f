using System.Runtime.ExceptionServices;

namespace EventDriven.Kafka.Pipeline;

/// <summary>
/// The end of each event's way in a consumer of batches: an event of a batch joins the others, and what middleware it has waits here until the batch was handled;
/// an event on its own is a batch of one.
/// </summary>
internal sealed class BatchJoint<T>(Func<EventContext, IBatchEventHandler<T>> handler) : IEventHandler<T>, IBatchJoint
{
    public JoinedEvents NewEvents() => new JoinedEvents<T>(handler);

    public ValueTask HandleAsync(T @event, EventContext context, CancellationToken cancellationToken)
    {
        if (context.Host is not BatchContextHost { Execution: var execution })
        {
            return HandleAloneAsync(new ReceivedEvent<T>(@event, context), cancellationToken);
        }

        ((JoinedEvents<T>)execution.Events).Add(@event, context);
        return execution.JoinAsync(context);
    }

    private async ValueTask HandleAloneAsync(ReceivedEvent<T> received, CancellationToken cancellationToken)
    {
        try
        {
            await handler(received.Context).HandleAsync([received], cancellationToken).ConfigureAwait(false);
        }
        catch (BatchFailedException exception) when (exception is { Index: 0, InnerException: not null })
        {
            ExceptionDispatchInfo.Throw(exception.InnerException);
        }
    }
}
