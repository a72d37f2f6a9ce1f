using System.Globalization;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Workers;

/// <summary>The handlers: they do what the event says, and log the start and the end of each attempt.</summary>
internal sealed class HandledEvents(ChaosService service, RunLog log)
{
    /// <param name="received">The event.</param>
    /// <param name="context">Its context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="produce">Writes its output; null where it has none.</param>
    public async Task HandleAsync(ChaosEvent received, EventContext context, CancellationToken cancellationToken, Func<Task>? produce = null)
    {
        var late = Monotonic.Now - received.At;
        var run = new[]
        {
            service.Name,
            context.Topic,
            Text(context.Partition),
            Text(context.Offset),
            context.TryGetKey<string>(out var key) ? key : "-",
            Text(received.Number),
            Text(context.Attempt),
            context.FencingToken is { } token ? Text(token) : "-",
            Text(late),
        };
        log.Write("start", run);
        try
        {
            if (received.DelayMs > 0)
            {
                await Task.Delay(received.DelayMs, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            log.Write("cancelled", run);
            throw;
        }

        if (context.Attempt <= received.Fails)
        {
            log.Write("failed", run);
            throw new InvalidOperationException("told to fail");
        }

        if (received.Filtered)
        {
            context.Filter("told to");
            log.Write("filtered", run);
            return;
        }

        if (produce is not null)
        {
            await produce();
        }

        log.Write("handled", run);
    }

    /// <summary>One event after the other, each with its effect at once, so that those before the one that fails are done.</summary>
    public async Task HandleBatchAsync(IReadOnlyList<ReceivedEvent<ChaosEvent>> batch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            try
            {
                await HandleAsync(batch[i].Event, batch[i].Context, cancellationToken);
            }
            catch (Exception exception)
            {
                throw new BatchFailedException(i, exception);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
