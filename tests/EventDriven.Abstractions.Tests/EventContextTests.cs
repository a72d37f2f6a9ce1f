namespace EventDriven.Abstractions.Tests;

public sealed class EventContextTests
{
    private readonly TestContextHost _host = new();

    [Fact]
    public void A_context_says_where_its_event_comes_from_and_what_it_carries()
    {
        using var cancellation = new CancellationTokenSource();
        var context = new EventContext(_host);
        context.Attach("orders", 3, 42, 1_700_000_000_123, [1], [2, 3], "r");
        context.BeginAttempt(1, cancellation.Token);

        Assert.Equal(("billing", "billing-group"), (context.ConsumerName, context.Group));
        Assert.Equal(("orders", 3, 42L, 1), (context.Topic, context.Partition, context.Offset, context.Attempt));
        Assert.Equal(new DateTimeOffset(2023, 11, 14, 22, 13, 20, 123, TimeSpan.Zero), context.Timestamp);
        Assert.Equal([1], context.Key!.Value.ToArray());
        Assert.Equal([2, 3], context.Value!.Value.ToArray());
        Assert.Equal("r", context.Headers.GetText("raw"));
        Assert.Equal(cancellation.Token, context.CancellationToken);
        Assert.Same(_host, context.Services);
    }

    [Fact]
    public void A_key_and_a_value_that_are_absent_are_not_those_that_are_empty()
    {
        var context = Attached(key: null, value: null);
        Assert.Null(context.Key);
        Assert.Null(context.Value);

        context.Attach("orders", 0, 1, 0, [], [], null);
        Assert.Equal(0, context.Key?.Length);
        Assert.Equal(0, context.Value?.Length);
    }

    [Fact]
    public void A_typed_key_is_read_once_for_an_attempt()
    {
        var context = Attached(key: [1, 2]);

        Assert.Equal("0102", context.GetKey<string>());
        Assert.True(context.TryGetKey<string>(out var key));
        Assert.Equal(("0102", 1), (key, _host.KeysRead));

        context.BeginAttempt(2, default);
        context.GetKey<string>();
        Assert.Equal(2, _host.KeysRead);

        context.Detach();
        Assert.Throws<InvalidOperationException>(() => context.GetKey<string>());
        context.Attach("orders", 0, 1, 0, [3], null, null);
        Assert.Equal("03", context.GetKey<string>());
    }

    [Fact]
    public void Without_a_key_there_is_no_typed_key()
    {
        var context = Attached(key: null);

        Assert.False(context.TryGetKey<string>(out _));
        Assert.Contains("has no key", Assert.Throws<EventSerializationException>(() => context.GetKey<string>()).Message, StringComparison.Ordinal);
        Assert.Equal(0, _host.KeysRead);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void An_impossible_timestamp_is_the_epoch(long timestampMs)
    {
        var context = new EventContext(_host);
        context.Attach("orders", 0, 1, timestampMs, null, null, null);

        Assert.Equal(DateTimeOffset.UnixEpoch, context.Timestamp);
    }

    [Fact]
    public void A_context_that_outlived_its_event_says_so()
    {
        var context = Attached();
        context.Detach();

        Assert.All<Func<object?>>(
            [
                () => context.Topic, () => context.Partition, () => context.Offset, () => context.Timestamp, () => context.Key, () => context.Value,
                () => context.Headers, () => context.Attempt, () => context.CancellationToken, () => context.Services, () => context.Items,
                () => context.IsFiltered,
            ],
            read => Assert.Contains("after its event was handled", Assert.Throws<InvalidOperationException>(read).Message, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => context.Filter("late"));
        Assert.Equal("billing", context.ConsumerName);
    }

    [Fact]
    public void Nothing_of_one_event_shows_in_the_next()
    {
        var context = Attached(key: [1], value: [2]);
        context.Items["seen"] = true;
        context.Headers.Add("mine", "1");
        context.Filter("test data");
        context.Detach();
        context.Attach("returns", 1, 2, 0, null, null, "second");
        context.BeginAttempt(1, CancellationToken.None);

        Assert.Empty(context.Items);
        Assert.False(context.IsFiltered);
        Assert.Null(context.Key);
        Assert.Null(context.Value);
        Assert.Equal(["raw"], context.Headers.Select(static header => header.Name));
    }

    [Fact]
    public void Each_attempt_starts_with_the_headers_of_the_record_and_no_items()
    {
        var context = Attached();
        context.Headers.Add("mine", "1");
        context.Items["seen"] = true;
        context.Filter("test data");
        context.BeginAttempt(2, CancellationToken.None);

        Assert.Equal(2, context.Attempt);
        Assert.Equal(["raw"], context.Headers.Select(static header => header.Name));
        Assert.Empty(context.Items);
        Assert.False(context.IsFiltered);
    }

    [Fact]
    public void Headers_are_read_once_and_only_when_asked_for()
    {
        var context = Attached();
        Assert.Equal(0, _host.HeadersRead);

        Assert.Same(context.Headers, context.Headers);
        Assert.Equal(1, _host.HeadersRead);
    }

    [Fact]
    public void Filtering_needs_a_reason()
    {
        var context = Attached();

        Assert.Throws<ArgumentException>(() => context.Filter(" "));
        Assert.Throws<ArgumentNullException>(() => context.Filter(null!));
        Assert.False(context.IsFiltered);
        context.Filter("test data");
        Assert.True(context.IsFiltered);
        Assert.Equal("test data", context.FilterReason);
    }

    private EventContext Attached(byte[]? key = null, byte[]? value = null)
    {
        var context = new EventContext(_host);
        context.Attach("orders", 0, 1, 0, key, value, "first");
        context.BeginAttempt(1, CancellationToken.None);
        return context;
    }
}
