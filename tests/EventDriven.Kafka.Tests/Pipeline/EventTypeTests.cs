using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Pipeline;

/// <summary>Several event types on one topic: which handler gets an event, and what becomes of those that none is for.</summary>
public sealed class EventTypeTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";
    private static readonly string PlacedName = typeof(OrderPlaced).FullName!;
    private readonly List<string> _handled = [];

    [Fact]
    public async Task The_header_chooses_the_handler_by_full_name_or_by_any_name_given()
    {
        await using var bench = new PipelineBench(c => Both(c).EventType<OrderCancelled>("order-cancelled").EventType<OrderCancelled>("cancelled.v1"));

        await bench.ProcessAsync(Order, PipelineBench.TypeHeader(PlacedName));
        await bench.ProcessAsync(Order, PipelineBench.TypeHeader("order-cancelled"));
        await bench.ProcessAsync(Order, PipelineBench.TypeHeader("cancelled.v1"));
        await bench.ProcessAsync(Order, PipelineBench.TypeHeader(typeof(OrderCancelled).FullName));

        Assert.Equal(["placed", "cancelled", "cancelled", "cancelled"], _handled);
    }

    [Fact]
    public async Task An_unknown_type_is_a_failure_that_is_not_tried_again()
    {
        await using var bench = new PipelineBench(c => Both(c).OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.ProcessAsync(Order, PipelineBench.TypeHeader("com.example.other"));

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        var error = Assert.IsType<UnknownEventTypeException>(result.Error);
        Assert.Equal("com.example.other", error.TypeName);
        Assert.Contains("orders[3]@42", error.Message, StringComparison.Ordinal);
        Assert.Contains("FilterUnknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Types_filtered_by_name_are_dropped_on_purpose_and_no_others()
    {
        await using var bench = new PipelineBench(c => Both(c).FilterUnknown("com.example.other", "com.example.third"));

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync("no json", PipelineBench.TypeHeader("com.example.other"))).Outcome);
        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync((string?)null, PipelineBench.TypeHeader("com.example.third"))).Outcome);
        Assert.Equal(Outcome.Stopped, (await bench.ProcessAsync(Order, PipelineBench.TypeHeader("com.example.Other"))).Outcome);
        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order, PipelineBench.TypeHeader(PlacedName))).Outcome);
        Assert.Equal(["placed"], _handled);
        Assert.Equal(
            ["event type com.example.other", "event type com.example.third"],
            bench.Logs.Lines.Where(line => line.Id == 2004).Select(line => line.Text[(line.Text.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public async Task All_unknown_types_may_be_filtered_but_never_an_event_that_says_no_type()
    {
        await using var bench = new PipelineBench(c => Both(c).FilterAllUnknown());

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync(Order, PipelineBench.TypeHeader("com.example.other"))).Outcome);
        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order, PipelineBench.TypeHeader(PlacedName))).Outcome);
        Assert.IsType<UnknownEventTypeException>((await bench.ProcessAsync(Order)).Error);
        Assert.IsType<UnknownEventTypeException>((await bench.ProcessAsync(Order, PipelineBench.TypeHeader(""))).Error);
    }

    [Fact]
    public async Task A_consumer_of_one_type_never_asks_unless_others_are_filtered()
    {
        await using var all = new PipelineBench(c => c.Handle<OrderPlaced>(Note));
        await using var one = new PipelineBench(c => c.Handle<OrderPlaced>(Note).FilterUnknown("com.example.other"));

        Assert.Equal(Outcome.Handled, (await all.ProcessAsync(Order, PipelineBench.TypeHeader("com.example.other"))).Outcome);
        Assert.Equal(Outcome.Filtered, (await one.ProcessAsync(Order, PipelineBench.TypeHeader("com.example.other"))).Outcome);
        Assert.Equal(Outcome.Handled, (await one.ProcessAsync(Order, PipelineBench.TypeHeader(PlacedName))).Outcome);
        Assert.Equal(Outcome.Stopped, (await one.ProcessAsync(Order)).Outcome);
    }

    [Fact]
    public async Task Filtering_by_type_is_no_failure_of_the_middleware_around_it()
    {
        await using var bench = new PipelineBench(c => Both(c).Use((context, next) => next(context)).FilterAllUnknown());

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync(Order, PipelineBench.TypeHeader("com.example.other"))).Outcome);
    }

    [Fact]
    public async Task A_resolver_goes_before_the_header_and_null_leaves_it_to_the_header()
    {
        await using var bench = new PipelineBench(c => Both(c).ResolveType(context => context.Headers.GetText("kind") is "c" ? typeof(OrderCancelled) : null));
        var both = PipelineBench.TypeHeader(PlacedName);
        both.Add("kind", "c"u8.ToArray());

        await bench.ProcessAsync(Order, both);
        await bench.ProcessAsync(Order, PipelineBench.TypeHeader(PlacedName));

        Assert.Equal(["cancelled", "placed"], _handled);
    }

    [Fact]
    public async Task What_a_resolver_returns_may_be_unknown_and_filtered_by_its_full_name()
    {
        await using var bench = new PipelineBench(c => Both(c).ResolveType(context => context.Offset == 42 ? typeof(Reading) : typeof(Version)).FilterUnknown(typeof(Reading).FullName!));

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync(Order)).Outcome);
        Assert.Equal("System.Version", Assert.IsType<UnknownEventTypeException>((await bench.ProcessAsync(Order)).Error).TypeName);
    }

    [Fact]
    public async Task A_resolver_may_drop_the_event()
    {
        await using var bench = new PipelineBench(c => Both(c).ResolveType(context =>
        {
            context.Filter("of no interest");
            return typeof(OrderPlaced);
        }));

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync(Order)).Outcome);
        Assert.Empty(_handled);
    }

    [Fact]
    public async Task A_resolver_that_throws_is_a_failure_of_the_event_that_is_tried_again()
    {
        var thrown = new InvalidOperationException("no such tenant");
        await using var bench = new PipelineBench(c => Both(c).ResolveType(_ => throw thrown).OnFailure(f => f.Retry(2, TimeSpan.Zero)));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Stopped, 3), (result.Outcome, result.Attempts));
        var error = Assert.IsType<EventTypeResolutionException>(result.Error);
        Assert.Same(thrown, error.InnerException);
        Assert.Equal("Consumer 'billing': its ResolveType threw InvalidOperationException for orders[3]@42: no such tenant", error.Message);
    }

    [Fact]
    public async Task A_resolver_that_throws_what_the_policy_knows_keeps_its_meaning()
    {
        await using var bench = new PipelineBench(c => Both(c).ResolveType(_ => throw new EventSerializationException("bad", typeof(string))).OnFailure(f => f.Retry(2, TimeSpan.Zero)));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        Assert.IsType<EventSerializationException>(result.Error);
    }

    [Fact]
    public async Task A_resolver_cancelled_by_the_loss_of_the_partition_leaves_the_event_unfinished()
    {
        await using var bench = new PipelineBench(c => Both(c).ResolveType(context =>
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            return null;
        }));
        await bench.Cancelled.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await bench.ProcessAsync(Order)).Outcome);
    }

    public static TheoryData<string, string?, string> Headers => new()
    {
        // Half there.
        { "ce_type only", null, "handled" },
        { "ce_specversion only", "UnknownEventTypeException", "it has no header ce_type" },
        { "ce_type empty", "UnknownEventTypeException", "it has no header ce_type" },
        { "ce_type null", "UnknownEventTypeException", "it has no header ce_type" },
        { "ce_type empty, then named", null, "handled" },
        { "ce_type no text", "UnknownEventTypeException", "no handler is for" },
        { "ce_specversion empty", null, "handled" },

        // Contradictory.
        { "ce_specversion 0.3", "InvalidCloudEventException", "says '0.3'" },
        { "ce_specversion 2.0", "InvalidCloudEventException", "says '2.0'" },
        { "ce_specversion 1.0 and 2.0", "InvalidCloudEventException", "says '2.0'" },
        { "ce_type twice, equal", null, "handled" },
        { "ce_type twice, different", "InvalidCloudEventException", "its header ce_type is there more than once" },

        // In the wrong case.
        { "CE_Type", "UnknownEventTypeException", "it has 'CE_Type', but the names of headers are case-sensitive" },
        { "ce_type in upper case", "UnknownEventTypeException", "no handler is for" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Headers_of_cloud_events_half_there_contradictory_or_in_the_wrong_case(string headers, string? error, string told)
    {
        await using var bench = new PipelineBench(c => Both(c));
        var name = System.Text.Encoding.UTF8.GetBytes(PlacedName);
        Headers given = headers switch
        {
            "ce_type only" => new() { { "ce_type", name } },
            "ce_specversion only" => new() { { "ce_specversion", "1.0"u8.ToArray() } },
            "ce_type empty" => new() { { "ce_type", [] }, { "ce_specversion", "1.0"u8.ToArray() } },
            "ce_type null" => new() { { "ce_type", null }, { "ce_specversion", "1.0"u8.ToArray() } },
            "ce_type empty, then named" => new() { { "ce_type", [] }, { "ce_type", name } },
            "ce_type no text" => new() { { "ce_type", [0xFF, 0xFE] } },
            "ce_specversion empty" => new() { { "ce_type", name }, { "ce_specversion", [] } },
            "ce_specversion 0.3" => new() { { "ce_type", name }, { "ce_specversion", "0.3"u8.ToArray() } },
            "ce_specversion 2.0" => new() { { "ce_specversion", "2.0"u8.ToArray() }, { "ce_type", name } },
            "ce_specversion 1.0 and 2.0" => new() { { "ce_specversion", "1.0"u8.ToArray() }, { "ce_type", name }, { "ce_specversion", "2.0"u8.ToArray() } },
            "ce_type twice, equal" => new() { { "ce_type", name }, { "ce_type", name } },
            "ce_type twice, different" => new() { { "ce_type", "other"u8.ToArray() }, { "ce_type", name } },
            "CE_Type" => new() { { "CE_Type", name }, { "ce_specversion", "1.0"u8.ToArray() } },
            "ce_type in upper case" => new() { { "ce_type", System.Text.Encoding.UTF8.GetBytes(PlacedName.ToUpperInvariant()) } },
            _ => throw new ArgumentOutOfRangeException(nameof(headers)),
        };

        var result = await bench.ProcessAsync(Order, given);

        if (error is null)
        {
            Assert.Equal(Outcome.Handled, result.Outcome);
            Assert.Equal(["placed"], _handled);
            return;
        }

        Assert.Equal((Outcome.Stopped, error), (result.Outcome, result.Error!.GetType().Name));
        Assert.Contains(told, result.Error.Message, StringComparison.Ordinal);
        Assert.Contains("orders[3]@42", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_a_hostile_writer_are_not_repeated_at_full_length_or_with_control_characters()
    {
        await using var bench = new PipelineBench(c => Both(c));

        var error = (await bench.ProcessAsync(Order, PipelineBench.TypeHeader(new string('\n', 1_000_000)))).Error!;

        Assert.InRange(error.Message.Length, 1, 1_500);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Middleware_may_set_the_type()
    {
        await using var bench = new PipelineBench(c => Both(c).Use((context, next) =>
        {
            context.Headers.Set("ce_type", PlacedName);
            return next(context);
        }));

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order, PipelineBench.TypeHeader("other"))).Outcome);
    }

    [Fact]
    public void What_is_wrong_with_the_types_is_told_at_start()
    {
        Assert.Contains(
            new PipelineBench(c => Both(c).FilterUnknown(PlacedName)).Check(),
            error => error.Contains("FilterUnknown", StringComparison.Ordinal) && error.Contains("has a handler", StringComparison.Ordinal));
        Assert.Contains(
            new PipelineBench(c => Both(c).EventType<OrderPlaced>("placed").FilterUnknown("placed")).Check(), error => error.Contains("'placed' is filtered", StringComparison.Ordinal));
        Assert.Contains(
            new PipelineBench(c => c.Handle<OrderPlaced>(Note).ResolveType(_ => null)).Check(), error => error.Contains("Remove ResolveType", StringComparison.Ordinal));
        Assert.Empty(new PipelineBench(c => c.Handle<OrderPlaced>(Note).ResolveType(_ => null).FilterAllUnknown()).Check());
        Assert.Throws<ArgumentException>(() => new PipelineBench(c => c.FilterUnknown()));
        Assert.Throws<ArgumentException>(() => new PipelineBench(c => c.FilterUnknown("a", " ")));
    }

    private EventConsumerBuilder Both(EventConsumerBuilder consumer) => consumer
        .Handle<OrderPlaced>(Note)
        .Handle((OrderCancelled _, CancellationToken _) =>
        {
            _handled.Add("cancelled");
            return default(ValueTask);
        });

    private ValueTask Note(OrderPlaced placed, CancellationToken cancellationToken)
    {
        _handled.Add("placed");
        return default;
    }
}
