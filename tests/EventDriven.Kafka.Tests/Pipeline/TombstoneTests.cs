using System.Text;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Pipeline;

/// <summary>Records without a value: which handler gets them, and what becomes of them where none is for them.</summary>
public sealed class TombstoneTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";
    private readonly Journal _journal = new();

    [Fact]
    public async Task A_tombstone_goes_to_its_handler_with_the_key_and_an_event_to_its_own()
    {
        await using var bench = new PipelineBench(
            c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, ForgetOrder>(), s => s.AddSingleton(_journal).AddScoped<Db>());

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync((string?)null)).Outcome);
        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order)).Outcome);
        Assert.Equal(["forget k attempt 1", "placed A1"], _journal.Lines);
        Assert.Empty(bench.Check());
    }

    [Fact]
    public async Task Without_a_handler_a_tombstone_is_a_failure_that_is_not_tried_again()
    {
        await using var bench = new PipelineBench(c => c.Handle<OrderPlaced>(Note).OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.ProcessAsync((string?)null);

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        Assert.Contains("HandleTombstone<OrderPlaced", Assert.IsType<EventSerializationException>(result.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delegates_handle_tombstones_with_and_without_a_service()
    {
        await using var bench = new PipelineBench(
            c => c
                .Handle<OrderPlaced>(Note)
                .Handle((OrderCancelled _, CancellationToken _) => default(ValueTask))
                .HandleTombstone<OrderPlaced>((context, _) =>
                {
                    _journal.Add($"placed {context.GetKey<string>()}");
                    return ValueTask.CompletedTask;
                })
                .HandleTombstone<OrderCancelled, Db>(async (context, db, cancellationToken) =>
                {
                    await Task.Yield();
                    _journal.Add($"cancelled {context.GetKey<string>()} {db.IsDisposed}");
                }),
            s => s.AddScoped<Db>());

        await bench.ProcessAsync((string?)null, PipelineBench.TypeHeader(typeof(OrderPlaced).FullName));
        await bench.ProcessAsync((string?)null, PipelineBench.TypeHeader(typeof(OrderCancelled).FullName));

        Assert.Equal(["placed k", "cancelled k False"], _journal.Lines);
    }

    [Fact]
    public async Task Without_a_type_a_tombstone_goes_to_the_only_handler_of_tombstones()
    {
        await using var bench = new PipelineBench(
            c => c.Handle<OrderPlaced>(Note).Handle((OrderCancelled _, CancellationToken _) => default(ValueTask)).HandleTombstone<OrderPlaced, ForgetOrder>(),
            s => s.AddSingleton(_journal).AddScoped<Db>());

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync((string?)null)).Outcome);
        Assert.Equal(["forget k attempt 1"], _journal.Lines);

        // Of a type that has none it is not taken for another's; and an event without a type is still a failure.
        Assert.IsType<EventSerializationException>((await bench.ProcessAsync((string?)null, PipelineBench.TypeHeader(typeof(OrderCancelled).FullName))).Error);
        Assert.IsType<UnknownEventTypeException>((await bench.ProcessAsync((string?)null, PipelineBench.TypeHeader("other"))).Error);
        Assert.IsType<UnknownEventTypeException>((await bench.ProcessAsync(Order)).Error);
    }

    [Fact]
    public async Task Without_a_type_and_with_two_handlers_of_tombstones_it_is_a_failure()
    {
        await using var bench = new PipelineBench(c => c
            .Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced>((_, _) => ValueTask.CompletedTask)
            .Handle((OrderCancelled _, CancellationToken _) => default(ValueTask)).HandleTombstone<OrderCancelled>((_, _) => ValueTask.CompletedTask));

        Assert.IsType<UnknownEventTypeException>((await bench.ProcessAsync((string?)null)).Error);
    }

    [Fact]
    public async Task A_resolver_chooses_for_tombstones_too()
    {
        await using var bench = new PipelineBench(c => c
            .Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced>((_, _) => ValueTask.CompletedTask)
            .Handle((OrderCancelled _, CancellationToken _) => default(ValueTask)).HandleTombstone<OrderCancelled>((_, _) =>
            {
                _journal.Add("cancelled");
                return ValueTask.CompletedTask;
            })
            .ResolveType(_ => typeof(OrderCancelled)));

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync((string?)null)).Outcome);
        Assert.Equal(["cancelled"], _journal.Lines);
    }

    [Fact]
    public async Task Middleware_before_deserialization_runs_for_tombstones_and_middleware_for_events_does_not()
    {
        await using var bench = new PipelineBench(
            c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, ForgetOrder>().Use<SeesEvents>().Use(async (context, next) =>
            {
                _journal.Add("before");
                await next(context);
            }),
            s => s.AddSingleton(_journal).AddScoped<Db>());

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync((string?)null)).Outcome);
        Assert.Equal(["before", "forget k attempt 1"], _journal.Lines);
    }

    [Fact]
    public async Task Middleware_can_not_make_a_tombstone_look_handled()
    {
        await using var bench = new PipelineBench(c => c
            .Handle<OrderPlaced>(Note)
            .HandleTombstone<OrderPlaced>((_, _) => throw new InvalidOperationException("no"))
            .Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (InvalidOperationException)
                {
                    _journal.Add("swallowed");
                }
            }));

        var result = await bench.ProcessAsync((string?)null);

        Assert.Equal(Outcome.Stopped, result.Outcome);
        Assert.IsType<EventNotHandledException>(result.Error);
        Assert.Equal(["swallowed"], _journal.Lines);
    }

    [Fact]
    public async Task A_failing_tombstone_is_tried_again_in_a_scope_of_its_own()
    {
        await using var bench = new PipelineBench(
            c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, ForgetOrder>().OnFailure(f => f.Retry(1, TimeSpan.Zero)), s => s.AddSingleton(_journal).AddScoped<Db>());
        bench.Key = "fails-once"u8.ToArray();

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync((string?)null));

        Assert.Equal((Outcome.Handled, 2), (result.Outcome, result.Attempts));
        Assert.Equal(["forget fails-once attempt 1", "forget fails-once attempt 2"], _journal.Lines);
    }

    [Fact]
    public async Task A_singleton_handler_of_tombstones_costs_no_scope()
    {
        var handler = new Counting();
        await using var bench = new PipelineBench(c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, Counting>(), s => s.AddSingleton(handler));

        var pending = bench.Pipeline.ProcessAsync(bench.Record(null), bench.Tokens);

        Assert.True(pending.IsCompletedSuccessfully);
        Assert.Equal((Outcome.Handled, 1), ((await pending).Outcome, handler.Count));
    }

    [Fact]
    public void What_is_wrong_with_handlers_of_tombstones_is_told_at_start()
    {
        Assert.Contains(
            new PipelineBench(c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderCancelled>((_, _) => ValueTask.CompletedTask)).Check(),
            error => error.Contains("none for its events", StringComparison.Ordinal));
        Assert.Contains(
            new PipelineBench(c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, Counting>().HandleTombstone<OrderPlaced>((_, _) => ValueTask.CompletedTask)).Check(),
            error => error.Contains("have 2 handlers (Counting, a delegate)", StringComparison.Ordinal));
        Assert.Contains(
            new PipelineBench(c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, ForgetOrder>()).Check(), error => error.Contains("asks for", StringComparison.Ordinal));
        Assert.Contains(
            new PipelineBench(c => c.Handle<OrderPlaced>(Note).HandleTombstone<OrderPlaced, Db>((_, _, _) => ValueTask.CompletedTask)).Check(),
            error => error.Contains("The delegate for the tombstones", StringComparison.Ordinal));
    }

    private ValueTask Note(OrderPlaced placed, CancellationToken cancellationToken)
    {
        _journal.Add($"placed {placed.OrderId}");
        return default;
    }

    internal sealed class ForgetOrder(Db db, Journal journal) : ITombstoneHandler<OrderPlaced>
    {
        public ValueTask HandleTombstoneAsync(EventContext context, CancellationToken cancellationToken)
        {
            ObjectDisposedException.ThrowIf(db.IsDisposed, db);
            var key = Encoding.UTF8.GetString(context.Key!.Value.Span);
            journal.Add($"forget {key} attempt {context.Attempt}");
            return key == "fails-once" && context.Attempt == 1 ? throw new InvalidOperationException("once") : default;
        }
    }

    internal sealed class Counting : ITombstoneHandler<OrderPlaced>
    {
        public int Count { get; private set; }

        public ValueTask HandleTombstoneAsync(EventContext context, CancellationToken cancellationToken)
        {
            Count++;
            return default;
        }
    }

    internal sealed class SeesEvents : IEventMiddleware<OrderPlaced>
    {
        public ValueTask InvokeAsync(OrderPlaced @event, EventContext context, EventDelegate next) => throw new InvalidOperationException("a tombstone has no event");
    }
}
