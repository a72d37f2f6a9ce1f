using EventDriven;
using Microsoft.Extensions.Options;

namespace Orders.Consuming;

/// <summary>A middleware of the service's own, with options: drops test traffic on purpose, before it is deserialized.</summary>
public sealed class TestTrafficMiddleware(IOptions<TestTrafficOptions> options) : IEventMiddleware
{
    public ValueTask InvokeAsync(EventContext context, EventDelegate next)
    {
        if (!options.Value.Drop || !context.Headers.TryGetLast(options.Value.Header, out _)) return next(context);

        context.Filter("test traffic");
        return ValueTask.CompletedTask;
    }
}
