using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Pipeline;

public sealed class MiddlewareTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";

    private readonly ConcurrentQueue<string> _journal = new();

    [Fact]
    public async Task Middleware_runs_in_the_order_written_the_untyped_before_the_event_is_read()
    {
        await using var bench = new PipelineBench(
            c => c
                .Use<Typed>("typed")
                .Use<Untyped>("first")
                .Use(async (context, next) =>
                {
                    _journal.Enqueue("second in");
                    await next(context);
                    _journal.Enqueue("second out");
                })
                .Use(static services => new Untyped(services.GetRequiredService<ConcurrentQueue<string>>(), "third"))
                .Handle((OrderPlaced order, CancellationToken _) => Note($"handled {order.OrderId}")),
            services => services.AddSingleton(_journal));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal(Outcome.Handled, result.Outcome);
        Assert.Equal(["first in", "second in", "third in", "typed in A1", "handled A1", "typed out", "third out", "second out", "first out"], _journal);
    }

    [Fact]
    public async Task Middleware_runs_again_with_each_attempt()
    {
        var attempts = 0;
        await using var bench = new PipelineBench(c => c
            .Use((context, next) =>
            {
                _journal.Enqueue($"attempt {context.Attempt}");
                return next(context);
            })
            .Handle((OrderPlaced _, CancellationToken _) => ++attempts < 3 ? throw new TimeoutException() : ValueTask.CompletedTask)
            .OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Handled, 3), (result.Outcome, result.Attempts));
        Assert.Equal(["attempt 1", "attempt 2", "attempt 3"], _journal);
    }

    [Fact]
    public async Task An_event_that_is_filtered_is_dropped_on_purpose_and_reaches_nobody()
    {
        await using var bench = new PipelineBench(c => c
            .Use((context, _) =>
            {
                context.Filter("test traffic");
                return ValueTask.CompletedTask;
            })
            .Handle((OrderPlaced _, CancellationToken _) => Note("handled")));

        Assert.Equal(Outcome.Filtered, (await bench.ProcessAsync(Order)).Outcome);
        Assert.Empty(_journal);
    }

    [Fact]
    public async Task Middleware_that_returns_without_calling_next_fails_the_event()
    {
        await using var bench = new PipelineBench(c => c
            .Use<Forgetful>()
            .Handle((OrderPlaced _, CancellationToken _) => Note("handled")));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal(Outcome.Stopped, result.Outcome);
        var error = Assert.IsType<EventNotHandledException>(result.Error);
        Assert.Contains($"{nameof(Forgetful)} returned without calling next", error.Message, StringComparison.Ordinal);
        Assert.Contains("orders[3]@42", error.Message, StringComparison.Ordinal);
        Assert.Contains("context.Filter(reason)", error.Message, StringComparison.Ordinal);
        Assert.Empty(_journal);
    }

    [Fact]
    public async Task Middleware_that_swallows_the_handlers_exception_fails_the_event()
    {
        await using var bench = new PipelineBench(c => c
            .Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (InvalidOperationException)
                {
                    _journal.Enqueue("swallowed");
                }
            })
            .Handle(async (OrderPlaced _, CancellationToken _) =>
            {
                await Task.Yield();
                throw new InvalidOperationException("no");
            }));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal(Outcome.Stopped, result.Outcome);
        Assert.Contains("caught the handler's exception", Assert.IsType<EventNotHandledException>(result.Error).Message, StringComparison.Ordinal);
        Assert.Equal(["swallowed"], _journal);
    }

    [Fact]
    public async Task Middleware_that_does_not_await_next_fails_the_event_and_the_context_of_its_handler_is_not_used_again()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        EventContext? late = null;
        await using var bench = new PipelineBench(c => c
            .Use((context, next) =>
            {
                _ = next(context).AsTask();
                return ValueTask.CompletedTask;
            })
            .Handle(async (OrderPlaced _, EventContext context, CancellationToken _) =>
            {
                late = context;
                await release.Task;
            })
            .OnFailure(f => f.Retry(3, TimeSpan.Zero)));

        var result = await bench.ProcessAsync(Order);
        release.SetResult();

        Assert.Equal((Outcome.Stopped, 1), (result.Outcome, result.Attempts));
        Assert.Contains("must await next(context)", Assert.IsType<EventNotHandledException>(result.Error).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => late!.Offset);
    }

    [Fact]
    public async Task Middleware_is_scoped_unless_the_application_registers_it_otherwise()
    {
        await using var scoped = new PipelineBench(Configure, services => services.AddSingleton(_journal));
        await using var singleton = new PipelineBench(Configure, services => services.AddSingleton(_journal).AddSingleton<Counting>());

        await scoped.ProcessAsync(Order);
        await scoped.ProcessAsync(Order);
        await singleton.ProcessAsync(Order);
        await singleton.ProcessAsync(Order);

        Assert.Equal(["1", "1", "1", "2"], _journal);

        static void Configure(EventConsumerBuilder c) => c.Use<Counting>().Handle(static (OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask);
    }

    private ValueTask Note(string line)
    {
        _journal.Enqueue(line);
        return ValueTask.CompletedTask;
    }

    private sealed class Untyped(ConcurrentQueue<string> journal, string name) : IEventMiddleware
    {
        public async ValueTask InvokeAsync(EventContext context, EventDelegate next)
        {
            journal.Enqueue($"{name} in");
            await next(context);
            journal.Enqueue($"{name} out");
        }
    }

    private sealed class Typed(ConcurrentQueue<string> journal, string name) : IEventMiddleware<OrderPlaced>
    {
        public async ValueTask InvokeAsync(OrderPlaced @event, EventContext context, EventDelegate next)
        {
            journal.Enqueue($"{name} in {@event.OrderId}");
            await next(context);
            journal.Enqueue($"{name} out");
        }
    }

    private sealed class Forgetful : IEventMiddleware
    {
        public ValueTask InvokeAsync(EventContext context, EventDelegate next) => ValueTask.CompletedTask;
    }

    private sealed class Counting(ConcurrentQueue<string> journal) : IEventMiddleware
    {
        private int _count;

        public ValueTask InvokeAsync(EventContext context, EventDelegate next)
        {
            journal.Enqueue($"{++_count}");
            return next(context);
        }
    }
}
