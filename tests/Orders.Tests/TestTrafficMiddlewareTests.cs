using EventDriven.Testing;
using Microsoft.Extensions.Options;
using Orders.Consuming;

namespace Orders.Tests;

/// <summary>A middleware alone, with options of the test.</summary>
public sealed class TestTrafficMiddlewareTests
{
    [Theory]
    [InlineData(true, true, "test traffic", 0)]
    [InlineData(true, false, null, 1)]
    [InlineData(false, true, null, 1)]
    public async Task Only_marked_events_are_dropped_and_only_where_it_is_on(bool drop, bool marked, string? reason, int passed)
    {
        var builder = new EventContextBuilder();
        var context = (marked ? builder.WithHeader("probe", "yes") : builder).Build();
        var middleware = new TestTrafficMiddleware(Options.Create(new TestTrafficOptions { Header = "probe", Drop = drop }));
        var reached = 0;

        await middleware.InvokeAsync(context, _ =>
        {
            reached++;
            return ValueTask.CompletedTask;
        });

        Assert.Equal((reason, passed), (context.FilterReason, reached));
    }
}
