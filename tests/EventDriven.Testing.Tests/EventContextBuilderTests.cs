using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Testing.Tests;

/// <summary>Unit tests of handlers and middleware, as users write them.</summary>
public sealed class EventContextBuilderTests
{
    [Fact]
    public void Everything_that_was_said_is_in_the_context()
    {
        using var stopping = new CancellationTokenSource();
        using var services = new ServiceCollection().AddSingleton("a service").BuildServiceProvider();

        var context = new EventContextBuilder()
            .From("orders", partition: 2, offset: 41)
            .ForConsumer("inventory", name: "inventory-eu")
            .WithTimestamp(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
            .WithKey("A-1")
            .WithValue([1, 2, 3])
            .WithHeader("tenant", "acme")
            .WithHeader(new EventHeader("trace", new byte[] { 7 }))
            .WithAttempt(3)
            .WithServices(services)
            .WithItem("large", true)
            .WithCancellation(stopping.Token)
            .Build();

        Assert.Equal(("orders", 2, 41L), (context.Topic, context.Partition, context.Offset));
        Assert.Equal(("inventory", "inventory-eu"), (context.Group, context.ConsumerName));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), context.Timestamp);
        Assert.Equal("A-1"u8.ToArray(), context.Key!.Value.ToArray());
        Assert.Equal([1, 2, 3], context.Value!.Value.ToArray());
        Assert.Equal("acme", context.Headers.GetText("tenant"));
        Assert.Equal(2, context.Headers.Count);
        Assert.Equal(3, context.Attempt);
        Assert.Equal("a service", context.Services.GetRequiredService<string>());
        Assert.Equal(true, context.Items["large"]);
        Assert.Equal(stopping.Token, context.CancellationToken);
    }

    [Fact]
    public void What_was_not_said_has_a_sensible_value()
    {
        var context = new EventContextBuilder().Build();

        Assert.Equal(("test", 0, 0L, 1), (context.Topic, context.Partition, context.Offset, context.Attempt));
        Assert.Null(context.Key);
        Assert.NotNull(context.Value);
        Assert.Empty(context.Headers);
        Assert.Empty(context.Items);
        Assert.False(context.IsFiltered);
        Assert.Null(context.FilterReason);
        Assert.False(context.CancellationToken.CanBeCanceled);
        Assert.Equal(DateTimeOffset.UnixEpoch, context.Timestamp);
    }

    [Fact]
    public void A_tombstone_has_no_value() => Assert.Null(new EventContextBuilder().WithValue(null).Build().Value);

    [Fact]
    public void Keys_have_the_bytes_that_producers_write()
    {
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 42], new EventContextBuilder().WithKey(42L).Build().Key!.Value.ToArray());
        Assert.Equal([1, 2], new EventContextBuilder().WithKey(new byte[] { 1, 2 }).Build().Key!.Value.ToArray());
        Assert.Equal(0, new EventContextBuilder().WithKey("").Build().Key!.Value.Length);
        Assert.Contains("give the bytes", Assert.Throws<NotSupportedException>(() => new EventContextBuilder().WithKey(DateTime.MinValue)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_read_back_as_its_type_or_as_one_that_the_bytes_can_be_read_as()
    {
        Assert.Equal("A-1", new EventContextBuilder().WithKey("A-1").Build().GetKey<string>());
        Assert.Equal(42L, new EventContextBuilder().WithKey(42L).Build().GetKey<long>());
        Assert.Equal("42", new EventContextBuilder().WithKey("42"u8.ToArray()).Build().GetKey<string>());
        Assert.False(new EventContextBuilder().Build().TryGetKey<string>(out _));
    }

    [Fact]
    public void A_key_of_any_type_comes_with_its_bytes()
    {
        var context = new EventContextBuilder().WithKey(new Version(1, 2), [1, 2]).Build();

        Assert.Equal(new Version(1, 2), context.GetKey<Version>());
        Assert.Equal([1, 2], context.Key!.Value.ToArray());
        Assert.Contains("WithKey(key, bytes)", Assert.Throws<InvalidOperationException>(() => context.GetKey<DateTime>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_of_a_middleware_sees_that_it_filtered_and_why()
    {
        var reached = 0;
        ValueTask Next(EventContext context)
        {
            reached++;
            return ValueTask.CompletedTask;
        }

        var builder = new EventContextBuilder().WithHeader("test-traffic", "yes");
        var dropped = builder.Build();
        var passed = new EventContextBuilder().Build();

        await new DropTestTraffic().InvokeAsync(dropped, Next);
        await new DropTestTraffic().InvokeAsync(passed, Next);

        Assert.True(dropped.IsFiltered);
        Assert.Equal("test traffic", dropped.FilterReason);
        Assert.False(passed.IsFiltered);
        Assert.Equal(1, reached);
        Assert.False(builder.Build().IsFiltered);
    }

    [Fact]
    public void Contexts_of_one_builder_share_nothing()
    {
        var builder = new EventContextBuilder().WithHeader("tenant", "acme").WithItem("a", 1);
        var first = builder.Build();
        first.Headers.Set("tenant", "other");
        first.Items["a"] = 2;

        var second = builder.Build();

        Assert.Equal("acme", second.Headers.GetText("tenant"));
        Assert.Equal(1, second.Items["a"]);
    }

    [Fact]
    public void Services_that_nobody_gave_are_told()
    {
        var context = new EventContextBuilder().Build();

        Assert.Contains("WithServices", Assert.Throws<InvalidOperationException>(() => context.Services).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_not_be_is_refused()
    {
        var builder = new EventContextBuilder();

        Assert.Throws<ArgumentException>(() => builder.From(" "));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.From("orders", -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.From("orders", 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.WithAttempt(0));
        Assert.Throws<ArgumentException>(() => builder.ForConsumer(""));
        Assert.Throws<ArgumentNullException>(() => builder.WithServices(null!));
        Assert.Throws<ArgumentNullException>(() => builder.WithKey<string>(null!));
    }

    private sealed class DropTestTraffic : IEventMiddleware
    {
        public ValueTask InvokeAsync(EventContext context, EventDelegate next)
        {
            if (context.Headers.GetText("test-traffic") is null) return next(context);

            context.Filter("test traffic");
            return ValueTask.CompletedTask;
        }
    }
}
