using System.Text;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;
using static EventDriven.Kafka.Consuming.BatchOutcome;
using Outcome = EventDriven.Kafka.Consuming.Outcome;

namespace EventDriven.Kafka.Tests.Pipeline;

/// <summary>One attempt at a batch, and what follows for its events.</summary>
public sealed class BatchPipelineTests
{
    private const string Poison = "{";

    private readonly Journal _journal = new();

    [Fact]
    public async Task All_events_are_handled_together_each_with_its_context()
    {
        await using var bench = Bench();

        var batch = await RunAsync(bench, Order("A"), Order("B"), Order("C"));

        Assert.Equal([Handled, Handled, Handled], Outcomes(batch));
        Assert.Equal(["A@42 B@43 C@44"], _journal.Lines);
    }

    [Theory]
    [InlineData(0, "Failed Again Again")]
    [InlineData(1, "Handled Failed Again")]
    [InlineData(2, "Handled Handled Failed")]
    public async Task The_index_says_which_event_failed(int index, string outcomes)
    {
        var inner = new InvalidOperationException("duplicate");
        await using var bench = Bench(_ => throw new BatchFailedException(index, inner));

        var batch = await RunAsync(bench, Order("A"), Order("B"), Order("C"));

        Assert.Equal(outcomes, string.Join(' ', Outcomes(batch)));
        Assert.Same(inner, batch[index].Error);
    }

    [Fact]
    public async Task Without_an_inner_exception_the_error_is_the_one_that_was_thrown()
    {
        await using var bench = Bench(_ => throw new BatchFailedException(1));

        var batch = await RunAsync(bench, Order("A"), Order("B"));

        Assert.IsType<BatchFailedException>(batch[1].Error);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public async Task An_index_outside_the_batch_counts_as_not_said(int index)
    {
        await using var bench = Bench(_ => throw new BatchFailedException(index));

        Assert.Equal([Alone, Alone], Outcomes(await RunAsync(bench, Order("A"), Order("B"))));
    }

    [Fact]
    public async Task After_any_other_exception_each_event_is_to_be_handled_alone()
    {
        await using var bench = Bench(_ => throw new InvalidOperationException("down"));

        Assert.Equal([Alone, Alone], Outcomes(await RunAsync(bench, Order("A"), Order("B"))));
    }

    [Fact]
    public async Task A_batch_of_one_that_fails_has_failed_an_attempt_of_its_event()
    {
        var error = new InvalidOperationException("down");
        await using var bench = Bench(_ => throw error);

        var batch = await RunAsync(bench, Order("A"));

        Assert.Equal([Failed], Outcomes(batch));
        Assert.Same(error, batch[0].Error);
    }

    [Fact]
    public async Task Bytes_that_do_not_decode_concern_their_event_and_what_comes_behind_it_in_its_key()
    {
        await using var bench = Bench();

        var batch = await RunAsync(bench, Order("A"), (Poison, 1), Order("C", 1), Order("D", 2));

        Assert.Equal([Handled, Failed, Again, Handled], Outcomes(batch));
        Assert.IsType<EventSerializationException>(batch[1].Error);
        Assert.Equal(["A@42 D@45"], _journal.Lines);
    }

    [Fact]
    public async Task The_index_is_that_of_the_list_which_the_handler_was_given()
    {
        await using var bench = Bench(_ => throw new BatchFailedException(1));

        var batch = await RunAsync(bench, (Poison, 0), Order("B", 1), Order("C", 2), Order("D", 3));

        Assert.Equal([Failed, Handled, Failed, Again], Outcomes(batch));
    }

    [Fact]
    public async Task A_filtered_event_concerns_itself_only()
    {
        await using var bench = Bench(configure: c => c.Use(async (context, next) =>
        {
            if (context.Offset == 43)
            {
                context.Filter("test");
                return;
            }

            await next(context);
        }));

        var batch = await RunAsync(bench, Order("A"), Order("B", 0), Order("C", 0));

        Assert.Equal([Handled, Filtered, Handled], Outcomes(batch));
        Assert.Equal(["A@42 C@44"], _journal.Lines);
    }

    [Fact]
    public async Task The_handler_too_can_filter_a_single_event()
    {
        await using var bench = Bench(batch =>
        {
            batch[1].Context.Filter("old");
            return default;
        });

        Assert.Equal([Handled, Filtered], Outcomes(await RunAsync(bench, Order("A"), Order("B"))));
    }

    [Fact]
    public async Task A_batch_of_which_nothing_is_left_does_not_reach_the_handler()
    {
        await using var bench = Bench(configure: c => c.Use((context, _) =>
        {
            context.Filter("all");
            return default;
        }));

        Assert.Equal([Filtered, Filtered], Outcomes(await RunAsync(bench, Order("A"), Order("B"))));
        Assert.Empty(_journal.Lines);
    }

    [Fact]
    public async Task Middleware_runs_for_each_event_before_and_behind_the_handler_of_all()
    {
        await using var bench = Bench(configure: c => c
            .Use(async (context, next) =>
            {
                _journal.Add($"in {context.Offset}");
                await Task.Yield();
                await next(context);
                _journal.Add($"out {context.Offset}");
            })
            .Use<Typed>(), services: services => services.AddSingleton(new Typed(_journal)));

        var batch = await RunAsync(bench, Order("A"), Order("B"));

        Assert.Equal([Handled, Handled], Outcomes(batch));
        Assert.Equal(["in 42", "typed A", "in 43", "typed B", "A@42 B@43", "typed out A", "out 42", "typed out B", "out 43"], _journal.Lines);
    }

    [Fact]
    public async Task Middleware_gets_the_exception_that_concerns_its_event()
    {
        await using var bench = Bench(
            _ => throw new BatchFailedException(1, new InvalidOperationException("duplicate")),
            c => c.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                    _journal.Add($"{context.Offset} done");
                }
                catch (Exception exception)
                {
                    _journal.Add($"{context.Offset} {exception.Message}");
                    throw;
                }
            }));

        var batch = await RunAsync(bench, Order("A"), Order("B"), Order("C"));

        Assert.Equal([Handled, Failed, Again], Outcomes(batch));
        Assert.Equal(["42 done", "43 duplicate", "44 duplicate"], _journal.Lines);
    }

    [Fact]
    public async Task Middleware_can_not_make_events_of_a_failed_batch_look_handled()
    {
        await using var bench = Bench(
            _ => throw new InvalidOperationException("down"),
            c => c.Use(async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (InvalidOperationException)
                {
                }
            }));

        Assert.Equal([Alone, Alone], Outcomes(await RunAsync(bench, Order("A"), Order("B"))));
    }

    [Fact]
    public async Task Middleware_that_throws_behind_the_handler_fails_its_event_and_what_comes_behind_it_runs_again()
    {
        await using var bench = Bench(configure: c => c.Use(async (context, next) =>
        {
            await next(context);
            if (context.Offset == 42)
            {
                throw new InvalidOperationException("commit");
            }
        }));

        var batch = await RunAsync(bench, Order("A", 0), Order("B", 0), Order("C", 1));

        Assert.Equal([Failed, Again, Handled], Outcomes(batch));
        Assert.Equal("commit", batch[0].Error!.Message);
    }

    [Fact]
    public async Task Middleware_that_does_not_call_next_or_does_not_wait_for_it_fails_its_event()
    {
        await using var bench = Bench(configure: c => c.Use((context, next) =>
        {
            if (context.Offset == 42)
            {
                return default;
            }

            var pending = next(context);
            return context.Offset == 43 ? default : pending;
        }));

        var batch = await RunAsync(bench, Order("A"), Order("B"), Order("C"));

        Assert.Equal([Failed, Failed, Handled], Outcomes(batch));
        Assert.Contains("returned without calling next", Assert.IsType<EventNotHandledException>(batch[0].Error).Message, StringComparison.Ordinal);
        Assert.Contains("must await next(context)", Assert.IsType<EventNotHandledException>(batch[1].Error).Message, StringComparison.Ordinal);
        Assert.Equal(["C@44"], _journal.Lines);
    }

    [Fact]
    public async Task Middleware_that_returns_while_the_handler_runs_has_failed_its_event()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = Bench(
            async _ =>
            {
                running.SetResult();
                await left.Task;
            },
            c => c.Use(async (context, next) =>
            {
                var pending = next(context).AsTask();
                if (context.Offset == 42)
                {
                    await Task.WhenAny(pending, running.Task);
                    left.SetResult();
                    return;
                }

                await pending;
            }));

        var batch = await RunAsync(bench, Order("A"), Order("B"));

        Assert.Equal([Failed, Handled], Outcomes(batch));
    }

    [Fact]
    public async Task The_attempt_has_one_scope_which_the_events_share()
    {
        Db? seen = null;
        await using var bench = new PipelineBench(
            c => c
                .Use((context, next) =>
                {
                    _journal.Add($"{context.Services.GetRequiredService<Db>().GetHashCode()}");
                    return next(context);
                })
                .HandleBatch(10, TimeSpan.Zero, (IReadOnlyList<ReceivedEvent<OrderPlaced>> batch, Db db, CancellationToken _) =>
                {
                    seen = db;
                    _journal.Add($"{db.GetHashCode()}");
                    return default(ValueTask);
                }),
            services => services.AddScoped<Db>());

        await RunAsync(bench, Order("A"), Order("B"));
        Assert.Single(_journal.Lines.Distinct());
        Assert.True(seen!.IsDisposed);
        await RunAsync(bench, Order("C"));

        Assert.Equal(2, _journal.Lines.Distinct().Count());
    }

    [Fact]
    public async Task What_services_throw_at_their_end_leaves_nothing_handled()
    {
        await using var bench = Bench(
            batch =>
            {
                batch[0].Context.Services.GetRequiredService<Failing>();
                return default;
            },
            services: services => services.AddScoped<Failing>());

        Assert.Equal([Alone, Alone], Outcomes(await RunAsync(bench, Order("A"), Order("B"))));
    }

    [Fact]
    public async Task A_batch_over_its_time_limit_has_failed_with_a_timeout()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = Bench(
            async batch =>
            {
                entered.SetResult();
                await Task.Delay(-1, batch[0].Context.CancellationToken);
            },
            options: o => o.AttemptTimeout = TimeSpan.FromSeconds(5));

        var running = RunAsync(bench, Order("A"));
        await entered.Task.WaitAsync(PipelineBench.Generous);
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        var batch = await running;

        Assert.Equal([Failed], Outcomes(batch));
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.IsType<AttemptTimeoutException>(batch[0].Error).Limit);
    }

    [Fact]
    public async Task A_batch_that_is_cancelled_leaves_its_events_unfinished_but_for_those_it_said_are_handled()
    {
        await using var bench = Bench(batch => throw new BatchFailedException(1, new OperationCanceledException(batch[0].Context.CancellationToken)));
        await bench.Cancelled.CancelAsync();

        Assert.Equal([Handled, Unfinished, Again], Outcomes(await RunAsync(bench, Order("A", 0), Order("B", 1), Order("C", 1))));
    }

    [Fact]
    public async Task A_context_is_over_when_its_batch_is()
    {
        EventContext? kept = null;
        await using var bench = Bench(batch =>
        {
            kept = batch[0].Context;
            return default;
        });

        await RunAsync(bench, Order("A"));

        Assert.Throws<InvalidOperationException>(() => kept!.Offset);
    }

    [Fact]
    public async Task An_event_alone_is_a_batch_of_one_and_goes_through_the_failure_policy()
    {
        var calls = 0;
        await using var bench = Bench(
            batch =>
            {
                Assert.Single(batch);
                Assert.Equal(++calls, batch[0].Context.Attempt);
                throw new BatchFailedException(0, new InvalidOperationException("negative"));
            },
            c => c.OnFailure(f => f.Retry(2, TimeSpan.FromSeconds(1))));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order("A").Value));

        Assert.Equal((Outcome.Stopped, 3, "negative"), (result.Outcome, result.Attempts, result.Error!.Message));
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task What_has_failed_in_its_batch_has_had_its_first_attempt()
    {
        var attempts = new List<int>();
        await using var bench = Bench(
            batch =>
            {
                attempts.Add(batch[0].Context.Attempt);
                return attempts.Count < 2 ? throw new InvalidOperationException("again") : default;
            },
            c => c.OnFailure(f => f.Retry(3, TimeSpan.FromSeconds(1))));

        var result = await bench.RunThroughDelaysAsync(RunFailedAsync(bench));

        Assert.Equal((Outcome.Handled, 3), (result.Outcome, result.Attempts));
        Assert.Equal([2, 3], attempts);
    }

    [Fact]
    public async Task What_has_failed_in_its_batch_is_not_tried_again_without_a_policy()
    {
        await using var bench = Bench();

        var result = await RunFailedAsync(bench);

        Assert.Equal((Outcome.Stopped, 1, "poison"), (result.Outcome, result.Attempts, result.Error!.Message));
        Assert.Empty(_journal.Lines);
    }

    [Fact]
    public async Task A_named_pipeline_sees_the_failure_in_the_batch_as_its_first_attempt()
    {
        var attempts = new List<int>();
        await using var bench = Bench(
            batch =>
            {
                attempts.Add(batch[0].Context.Attempt);
                return attempts.Count < 2 ? throw new InvalidOperationException("again") : default;
            },
            c => c.OnFailure(f => f.Retry("mine")),
            services => services.AddResiliencePipeline("mine", b => b.AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2, Delay = TimeSpan.Zero })));

        var result = await bench.RunThroughDelaysAsync(RunFailedAsync(bench));

        Assert.Equal((Outcome.Handled, 3), (result.Outcome, result.Attempts));
        Assert.Equal([2, 3], attempts);
    }

    [Fact]
    public async Task What_has_failed_in_its_batch_while_the_partition_is_given_up_is_left_to_the_next_owner()
    {
        await using var bench = Bench(configure: c => c.OnFailure(f => f.Retry(3, TimeSpan.FromSeconds(1))));
        await bench.Draining.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await RunFailedAsync(bench)).Outcome);
    }

    [Fact]
    public async Task An_event_that_was_tried_before_shows_where_it_was_read_first_and_counts_on()
    {
        await using var bench = Bench(batch =>
        {
            _journal.Add(string.Join(' ', batch.Select(static received => $"{received.Context.Topic}[{received.Context.Partition}]@{received.Context.Offset} #{received.Context.Attempt}")));
            return default;
        });
        var origin = new EventOrigin { Partition = new PartitionId("orders", 7), Offset = 9, TimestampMs = 1, Attempts = 4, Step = 0 };
        var batch = new EventBatch();
        batch.Add(new Lane(null!), 0, bench.Record(Encoding.UTF8.GetBytes(Order("A").Value)));
        batch.Add(new Lane(null!), 1, bench.Record(Encoding.UTF8.GetBytes(Order("B").Value)) with { Topic = "billing--orders--retry-5s", Origin = origin });

        await ((IBatchPipeline)bench.Pipeline).ProcessBatchAsync(batch, bench.Tokens);

        Assert.Equal(["orders[3]@42 #1 orders[7]@9 #5"], _journal.Lines);
    }

    [Fact]
    public async Task A_singleton_handler_of_bytes_costs_no_allocation_for_an_event()
    {
        await using var bench = new PipelineBench(
            c => c.HandleBatch(1_000, TimeSpan.Zero, (IReadOnlyList<ReceivedEvent<byte[]>> _, CancellationToken _) => default(ValueTask)));
        var batch = new EventBatch();
        for (var i = 0; i < 1_000; i++)
        {
            batch.Add(new Lane(null!), i, bench.Record(new byte[139]));
        }

        var pipeline = (IBatchPipeline)bench.Pipeline;
        for (var i = 0; i < 100; i++)
        {
            await pipeline.ProcessBatchAsync(batch, bench.Tokens);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var done = pipeline.ProcessBatchAsync(batch, bench.Tokens);
        Assert.True(done.IsCompletedSuccessfully);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);
    }

    [Fact]
    public async Task A_handler_of_batches_is_the_only_one_and_its_delegate_asks_for_no_context()
    {
        await using var bench = new PipelineBench(
            c => c
                .HandleBatch(10, TimeSpan.Zero, (IReadOnlyList<ReceivedEvent<OrderPlaced>> _, EventContext _, CancellationToken _) => default(ValueTask))
                .Handle((OrderCancelled _, CancellationToken _) => default(ValueTask)));

        Assert.Collection(
            bench.Check(),
            error => Assert.Contains("has 2 handlers, and one that takes batches must be the only one", error, StringComparison.Ordinal),
            error => Assert.Contains("each event of a batch has its own: batch[i].Context", error, StringComparison.Ordinal));
    }

    private static Task<ProcessingResult> RunFailedAsync(PipelineBench bench) => ((IBatchPipeline)bench.Pipeline)
        .ProcessFailedAsync(bench.Record(Encoding.UTF8.GetBytes(Order("A").Value)), new InvalidOperationException("poison"), bench.Tokens).AsTask();

    private PipelineBench Bench(
        Func<IReadOnlyList<ReceivedEvent<OrderPlaced>>, ValueTask>? handle = null, Action<EventConsumerBuilder>? configure = null,
        Action<IServiceCollection>? services = null, Action<EventConsumerOptions>? options = null) =>
        new(
            c =>
            {
                configure?.Invoke(c);
                c.HandleBatch(10, TimeSpan.FromSeconds(1), (IReadOnlyList<ReceivedEvent<OrderPlaced>> batch, CancellationToken _) =>
                {
                    if (handle is not null)
                    {
                        return handle(batch);
                    }

                    _journal.Add(string.Join(' ', batch.Select(received => $"{received.Event.OrderId}@{received.Context.Offset}")));
                    return default;
                });
            },
            services,
            options);

    private static (string Value, int Lane) Order(string id, int lane = -1) => ($$"""{"orderId":"{{id}}","amount":1}""", lane);

    private static BatchOutcome[] Outcomes(EventBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => batch[i].Outcome)];

    private static async Task<EventBatch> RunAsync(PipelineBench bench, params (string Value, int Lane)[] records)
    {
        var batch = Batch(bench, records);
        await ((IBatchPipeline)bench.Pipeline).ProcessBatchAsync(batch, bench.Tokens).AsTask().WaitAsync(PipelineBench.Generous);
        return batch;
    }

    /// <summary>Records of the same lane stand one behind the other; those of lane -1 each have their own.</summary>
    private static EventBatch Batch(PipelineBench bench, params (string Value, int Lane)[] records)
    {
        var lanes = new Dictionary<int, Lane>();
        var batch = new EventBatch();
        for (var i = 0; i < records.Length; i++)
        {
            var lane = new Lane(null!);
            if (records[i].Lane >= 0 && !lanes.TryAdd(records[i].Lane, lane))
            {
                lane = lanes[records[i].Lane];
            }

            batch.Add(lane, i, bench.Record(Encoding.UTF8.GetBytes(records[i].Value)));
        }

        return batch;
    }

    private sealed class Failing : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("flush");
    }

    private sealed class Typed(Journal journal) : IEventMiddleware<OrderPlaced>
    {
        public async ValueTask InvokeAsync(OrderPlaced @event, EventContext context, EventDelegate next)
        {
            journal.Add($"typed {@event.OrderId}");
            await next(context);
            journal.Add($"typed out {@event.OrderId}");
        }
    }
}
