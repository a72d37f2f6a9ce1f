using EventDriven;
using Microsoft.Extensions.Logging;

namespace QuickStart;

/// <summary>A middleware of the service's own: it sees every event before it is deserialized, and drops test traffic on purpose.</summary>
public sealed partial class AuditMiddleware(ILogger<AuditMiddleware> logger) : IEventMiddleware
{
    public ValueTask InvokeAsync(EventContext context, EventDelegate next)
    {
        if (context.Headers.GetText("test-traffic") is not null)
        {
            context.Filter("test traffic");
            return ValueTask.CompletedTask;
        }

        LogReceived(logger, context.Topic, context.Partition, context.Offset, context.Attempt);
        return next(context);
    }

    [LoggerMessage(1, LogLevel.Debug, "{Topic}[{Partition}] offset {Offset}, attempt {Attempt}")]
    private static partial void LogReceived(ILogger logger, string topic, int partition, long offset, int attempt);
}
