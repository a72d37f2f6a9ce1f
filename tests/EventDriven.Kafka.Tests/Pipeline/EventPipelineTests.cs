using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Pipeline;

public sealed class EventPipelineTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";

    [Fact]
    public async Task A_handler_gets_the_event_its_context_and_token()
    {
        (OrderPlaced Event, string Place, string Key, int Attempt, DateTimeOffset Time, bool SameToken) seen = default;
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, EventContext context, CancellationToken token) =>
        {
            seen = (e, $"{context.ConsumerName} {context.Group} {context.Topic} {context.Partition} {context.Offset}", System.Text.Encoding.UTF8.GetString(context.Key!.Value.Span),
                context.Attempt, context.Timestamp, token == context.CancellationToken);
            return default(ValueTask);
        }));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Handled, 1, null), (result.Outcome, result.Attempts, result.Error));
        Assert.Equal((new OrderPlaced("A1", 7), "billing billing orders 3 42", "k", 1, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000), true), seen);
    }

    [Fact]
    public async Task A_failing_event_stops_without_a_policy()
    {
        var thrown = new InvalidOperationException("no");
        await using var bench = new PipelineBench(c => c.Handle(async (OrderPlaced e, CancellationToken token) =>
        {
            await Task.Yield();
            throw thrown;
        }));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        Assert.Same(thrown, result.Error);
        Assert.Empty(bench.Logs.Lines);
    }

    [Fact]
    public async Task A_synchronous_throw_is_a_failure_like_any_other()
    {
        var thrown = new InvalidOperationException("no");
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, CancellationToken token) => throw thrown));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Stopped, thrown), (result.Outcome, result.Error));
    }

    [Fact]
    public async Task A_handler_that_returns_no_task_is_a_failure()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, CancellationToken token) => (Task)null!));

        Assert.Equal(Outcome.Stopped, (await bench.ProcessAsync(Order)).Outcome);
    }

    [Fact]
    public async Task Cancellation_by_our_token_leaves_the_event_unfinished()
    {
        await using var bench = new PipelineBench(c => c.Handle(async (OrderPlaced e, CancellationToken token) => await Task.Delay(-1, token)));
        var running = bench.ProcessAsync(Order);

        await bench.Cancelled.CancelAsync();

        var result = await running.WaitAsync(PipelineBench.Generous);
        Assert.Equal((Outcome.Unfinished, 1, null), (result.Outcome, result.Attempts, result.Error));
        Assert.Equal(2002, Assert.Single(bench.Logs.Lines).Id);
    }

    [Fact]
    public async Task Cancellation_by_anything_else_is_a_failure()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, CancellationToken token) => throw new OperationCanceledException()));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal(Outcome.Stopped, result.Outcome);
        Assert.IsType<OperationCanceledException>(result.Error);
    }

    [Fact]
    public async Task An_event_begun_during_a_drain_is_still_handled()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, CancellationToken token) => token.IsCancellationRequested ? throw new InvalidOperationException() : default(ValueTask)));
        await bench.Draining.CancelAsync();

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order)).Outcome);
    }

    [Fact]
    public async Task What_fails_during_a_drain_is_left_unfinished_and_logged()
    {
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, CancellationToken token) => throw new InvalidOperationException()));
        await bench.Draining.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await bench.ProcessAsync(Order)).Outcome);
        var line = Assert.Single(bench.Logs.Lines);
        Assert.Equal(2003, line.Id);
        Assert.IsType<InvalidOperationException>(line.Exception);
    }

    [Fact]
    public async Task A_context_refuses_to_be_used_after_its_event()
    {
        EventContext? kept = null;
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, EventContext context, CancellationToken token) =>
        {
            kept = context;
            return default(ValueTask);
        }));

        await bench.ProcessAsync(Order);

        Assert.Throws<InvalidOperationException>(() => kept!.Topic);
        Assert.Throws<InvalidOperationException>(() => kept!.Services);
        Assert.Throws<InvalidOperationException>(() => kept!.Filter("late"));
    }

    [Fact]
    public async Task Headers_come_with_null_values_repeats_and_bytes_that_are_no_text()
    {
        List<string> seen = [];
        await using var bench = new PipelineBench(c => c.Handle((OrderPlaced e, EventContext context, CancellationToken token) =>
        {
            seen.AddRange(context.Headers.Select(header => $"{header.Name}={(header.Value is null ? "null" : header.TryGetText(out var text) ? text : "bytes")}"));
            seen.Add(context.Headers.GetText("a") ?? "none");
            return default(ValueTask);
        }));

        await bench.ProcessAsync(Order, new Confluent.Kafka.Headers { { "a", "1"u8.ToArray() }, { "n", null }, { "b", [0xFF] }, { "a", "2"u8.ToArray() } });
        await bench.ProcessAsync(Order);

        Assert.Equal(["a=1", "n=null", "b=bytes", "a=2", "2", "none"], seen);
    }

    [Fact]
    public async Task A_scope_is_made_for_each_attempt_and_disposed_after_it()
    {
        var journal = new Journal();
        Db? scoped = null;
        await using var bench = new PipelineBench(
            c => c.Use((context, next) =>
            {
                scoped = context.Services.GetRequiredService<Db>();
                return next(context);
            }).Handle<OrderPlaced, BookOrder>(),
            s => s.AddSingleton(journal).AddScoped<Db>());

        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order)).Outcome);
        var first = scoped!;
        Assert.Equal($"A1 attempt 1 scope {first.GetHashCode()}", Assert.Single(journal.Lines));
        Assert.True(first.IsDisposed);

        await bench.ProcessAsync(Order);
        Assert.NotSame(first, scoped);
    }

    [Fact]
    public async Task No_scope_is_made_when_nothing_asks_for_one()
    {
        var scopes = new CountingScopes();
        await using var bench = new PipelineBench(
            c => c.Use<PassOn>().Handle<OrderPlaced, CountOrders>(),
            s => s.AddSingleton<CountOrders>().AddSingleton<PassOn>().AddSingleton<IServiceScopeFactory>(scopes));

        var pipeline = new EventDriven.Kafka.Pipeline.ConsumerContextHost("billing", "billing", scopes, null);
        await bench.ProcessAsync(Order);
        Assert.Equal(1, bench.Root.GetRequiredService<CountOrders>().Count);

        var context = new EventContext(pipeline);
        context.Attach("orders", 0, 0, 0, null, null, null);
        Assert.Equal(0, scopes.Count);
        Assert.Throws<NotSupportedException>(() => context.Services);
        Assert.Equal(1, scopes.Count);
    }

    [Fact]
    public async Task A_scope_that_fails_to_close_is_a_failure_of_the_event()
    {
        await using var bench = new PipelineBench(
            c => c.Handle((OrderPlaced e, FailsToClose service, CancellationToken token) => default(ValueTask)), s => s.AddScoped<FailsToClose>());

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Stopped, "close"), (result.Outcome, result.Error!.Message));
    }

    [Fact]
    public async Task The_handlers_exception_is_not_hidden_by_that_of_its_scope()
    {
        await using var bench = new PipelineBench(
            c => c.Handle((OrderPlaced e, FailsToClose service, CancellationToken token) => throw new InvalidOperationException("handler")), s => s.AddScoped<FailsToClose>());

        var result = await bench.ProcessAsync(Order);

        Assert.Equal("handler", result.Error!.Message);
        Assert.Equal("close", Assert.Single(bench.Logs.Lines, line => line.Id == 2005).Exception!.Message);
    }

    [Fact]
    public async Task An_attempt_over_its_limit_is_cancelled_awaited_and_failed()
    {
        var ended = new TaskCompletionSource();
        await using var bench = new PipelineBench(
            c => c.Handle(async (OrderPlaced e, CancellationToken token) =>
            {
                try
                {
                    await Task.Delay(-1, token);
                }
                finally
                {
                    await ended.Task;
                }
            }),
            options: o => o.AttemptTimeout = TimeSpan.FromSeconds(5));
        var running = bench.ProcessAsync(Order);

        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(running.IsCompleted);
        ended.SetResult();

        var result = await running.WaitAsync(PipelineBench.Generous);
        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        Assert.Contains("orders[3]@42", Assert.IsType<AttemptTimeoutException>(result.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_within_its_limit_is_handled_and_a_late_success_is_one()
    {
        var gate = new TaskCompletionSource();
        await using var bench = new PipelineBench(
            c => c.Handle(async (OrderPlaced e, CancellationToken token) => await gate.Task), options: o => o.AttemptTimeout = TimeSpan.FromSeconds(5));

        var running = bench.ProcessAsync(Order);
        bench.Time.Advance(TimeSpan.FromSeconds(6));
        gate.SetResult();

        Assert.Equal(Outcome.Handled, (await running.WaitAsync(PipelineBench.Generous)).Outcome);
        Assert.Equal(Outcome.Handled, (await bench.ProcessAsync(Order)).Outcome);
    }

    [Fact]
    public async Task With_a_limit_a_lost_partition_still_cancels_the_handler()
    {
        await using var bench = new PipelineBench(
            c => c.Handle(async (OrderPlaced e, CancellationToken token) => await Task.Delay(-1, token)), options: o => o.AttemptTimeout = TimeSpan.FromSeconds(5));
        var running = bench.ProcessAsync(Order);

        await bench.Cancelled.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await running.WaitAsync(PipelineBench.Generous)).Outcome);
    }

    [Fact]
    public async Task Many_events_at_once_each_see_their_own_context()
    {
        await using var bench = new PipelineBench(c => c.Handle(async (string e, EventContext context, CancellationToken token) =>
        {
            var offset = context.Offset;
            await Task.Yield();
            if (offset != context.Offset || e != context.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                throw new InvalidOperationException("mixed up");
            }
        }));

        var results = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Task.Run(() => bench.Pipeline.ProcessAsync(
            new ConsumedRecord { Topic = "t", Partition = 0, Offset = Random.Shared.NextInt64(), TimestampMs = 0, Value = "1"u8.ToArray() }, default).AsTask())));

        Assert.All(results, result => Assert.Equal(Outcome.Handled, result.Outcome));
    }

    private sealed class PassOn : IEventMiddleware
    {
        public ValueTask InvokeAsync(EventContext context, EventDelegate next) => next(context);
    }

    private sealed class FailsToClose : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException("close");
        }
    }

    private sealed class CountingScopes : IServiceScopeFactory
    {
        public int Count { get; private set; }

        public IServiceScope CreateScope()
        {
            Count++;
            throw new NotSupportedException();
        }
    }
}
