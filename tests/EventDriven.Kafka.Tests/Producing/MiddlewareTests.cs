using System.Text;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>What middleware of a producer sees, may change and can't do.</summary>
public sealed class MiddlewareTests
{
    [Fact]
    public async Task It_runs_in_the_order_written_and_sees_key_headers_and_time_before_the_event_is_serialized()
    {
        await using var bench = new ProducerBench();
        List<string> seen = [];
        var serializer = new Noting(seen);
        var producer = bench.Through(
            serializer,
            async (context, next) =>
            {
                seen.Add($"1 {context.ProducerName} {context.Topic} {context.EventType.Name} {Encoding.UTF8.GetString(context.Key!.Value.Span)} {context.Headers.GetText("a")} {context.Timestamp:O}");
                context.Items["x"] = 1;
                await next(context);
                seen.Add("1 after");
            },
            (context, next) =>
            {
                seen.Add($"2 {context.Items["x"]} {context.Partition?.ToString() ?? "any"} {context.IsTombstone}");
                return next(context);
            });

        await producer.EnqueueAsync("k-1", null, new ProduceOptions { Headers = new EventHeaders().Add("a", "b") });

        Assert.Equal(["1 orders orders String k b 2026-03-04T05:06:07.8900000+00:00", "2 1 any False", "serialized", "1 after"], seen);
        Assert.Equal(["k-1"], bench.Fake.Values);
    }

    [Fact]
    public async Task It_may_change_headers_partition_and_time_and_its_headers_win_over_those_of_the_library()
    {
        await using var bench = new ProducerBench();
        var options = new ProduceOptions { Headers = new EventHeaders().Add("a", "1") };
        var producer = bench.Create("orders", cloudEvents: new CloudEventHeaders("/shop", "placed", null), middleware: bench.Compose((context, next) =>
        {
            context.Headers.Set("a", "2").Add("ce_type", "mine");
            context.Partition = 5;
            context.Timestamp = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
            return next(context);
        }));

        await producer.EnqueueAsync("k-1", null, options);
        await producer.EnqueueAsync("k-2", null, new ProduceOptions { Partition = 5 });

        var record = bench.Fake.Records[0];
        Assert.Equal((5, 5), (record.Destination.Partition.Value, bench.Fake.Records[1].Destination.Partition.Value));
        Assert.Equal(1_577_836_800_000, record.Timestamp.UnixTimestampMs);
        Assert.Equal(["a=2", "ce_type=mine"], record.Headers.Take(2).Select(Text));
        Assert.Contains("ce_time=2020-01-01T00:00:00.0000000Z", record.Headers.Select(Text));
        Assert.Equal("1", options.Headers.GetText("a"));
    }

    [Fact]
    public async Task It_may_leave_the_partition_to_the_partitioner_again_and_can_not_set_what_can_not_be()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Through(null, (context, next) =>
        {
            Assert.Equal(3, context.Partition);
            context.Partition = null;
            Assert.Throws<ArgumentOutOfRangeException>(() => context.Partition = -1);
            Assert.Throws<ArgumentOutOfRangeException>(() => context.Timestamp = DateTimeOffset.UnixEpoch);
            return next(context);
        });

        await producer.EnqueueAsync("k-1", null, new ProduceOptions { Partition = 3 });

        Assert.Equal(Confluent.Kafka.Partition.Any, bench.Fake.Records[0].Destination.Partition);
    }

    [Fact]
    public async Task Headers_that_it_keeps_are_not_those_of_later_events()
    {
        await using var bench = new ProducerBench();
        EventHeaders? kept = null;
        var producer = bench.Through(null, async (context, next) =>
        {
            kept?.Add("late", "1");
            kept = context.Headers;
            await next(context);
            context.Headers.Add("after", "1");
        });

        for (var i = 0; i < 3; i++) await producer.EnqueueAsync($"k-{i}", null);

        Assert.All(bench.Fake.Records, static record => Assert.Empty(record.Headers));
    }

    [Fact]
    public async Task Tombstones_pass_it_too()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Through(null, (context, next) =>
        {
            context.Headers.Add("tombstone", context.IsTombstone ? "yes" : "no");
            return next(context);
        });

        var call = producer.ProduceTombstoneAsync("k");
        bench.Fake.ReportAll();
        await call.InTime();

        Assert.Equal("tombstone=yes", Text(bench.Fake.Records[0].Headers[0]));
        Assert.Null(bench.Fake.Records[0].ValueBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Not_calling_next_is_an_error_for_the_caller_and_never_a_silent_loss(bool enqueue)
    {
        await using var bench = new ProducerBench();
        var producer = bench.Through(null, static (context, next) => next(context), static (_, _) => default);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => Call(producer, "k-1", enqueue).InTime());

        Assert.Equal((ProduceFailureReason.Middleware, false), (error.Reason, error.MayHaveBeenDelivered));
        Assert.Contains("the middleware at position 2 returned without having called next", error.Message, StringComparison.Ordinal);
        await producer.FlushAsync().InTime();
        Assert.Empty(bench.Made);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_it_throws_comes_to_the_caller_as_it_is_and_the_event_is_not_sent(bool enqueue)
    {
        await using var bench = new ProducerBench();
        var thrown = new UnauthorizedAccessException("no tenant");
        var producer = bench.Through(null, (context, next) => context.Headers.Count == 0 ? throw thrown : next(context));

        Assert.Same(thrown, await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Call(producer, "k-1", enqueue).InTime()));
        await producer.EnqueueAsync("k-2", null, new ProduceOptions { Headers = new EventHeaders().Add("a", "1") });

        Assert.Equal(["k-2"], bench.Fake.Values);
    }

    [Fact]
    public async Task A_failure_of_the_rest_comes_to_it_and_to_the_caller_even_if_it_is_swallowed()
    {
        await using var bench = new ProducerBench();
        Exception? caught = null;
        var serializer = new SlowSerializer();
        serializer.Fail("slow-1", new HttpRequestException("registry down"));
        var producer = bench.Through(serializer, async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (EventProduceException exception)
            {
                caught = exception;
            }
        });

        var error = await Assert.ThrowsAsync<EventProduceException>(() => producer.ProduceAsync("slow-1").InTime());

        Assert.Same(caught, error);
        Assert.Equal(ProduceFailureReason.Serialization, error.Reason);
    }

    [Fact]
    public async Task Calling_next_twice_sends_once()
    {
        await using var bench = new ProducerBench();
        Exception? refused = null;
        var producer = bench.Through(null, async (context, next) =>
        {
            await next(context);
            refused = await Record.ExceptionAsync(() => next(context).AsTask());
        });

        await producer.EnqueueAsync("k-1", null);

        Assert.IsType<InvalidOperationException>(refused);
        Assert.Equal(["k-1"], bench.Fake.Values);
    }

    [Fact]
    public async Task Returning_before_next_has_completed_is_an_error_and_the_event_is_not_sent_afterwards()
    {
        await using var bench = new ProducerBench();
        var serializer = new SlowSerializer();
        var late = Task.CompletedTask;
        var producer = bench.Through(serializer, (context, next) =>
        {
            late = next(context).AsTask();
            return default;
        });

        var error = await Assert.ThrowsAsync<EventProduceException>(() => producer.ProduceAsync("slow-1").InTime());
        serializer.Finish("slow-1");

        Assert.Contains("returned before next had completed", error.Message, StringComparison.Ordinal);
        Assert.Equal(ProduceFailureReason.Middleware, (await Assert.ThrowsAsync<EventProduceException>(() => late.InTime())).Reason);
        Assert.Empty(bench.Made);
    }

    [Fact]
    public async Task What_it_throws_once_the_event_is_on_its_way_is_logged_and_does_not_touch_the_event()
    {
        await using var bench = new ProducerBench();
        var producer = bench.Through(null, async (context, next) =>
        {
            await next(context);
            throw new InvalidOperationException("late");
        });

        var call = producer.ProduceAsync("k-1");
        bench.Fake.ReportAll();

        Assert.Equal(0, (await call.InTime()).Offset);
        Assert.Equal(1, bench.Log.Count(3003));
    }

    [Fact]
    public async Task Calls_keep_their_order_however_long_it_takes()
    {
        await using var bench = new ProducerBench();
        var gates = Enumerable.Range(0, 6).Select(static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var entered = 0;
        var producer = bench.Through(null, async (context, next) =>
        {
            var number = entered++;
            if (number % 2 == 0 && number < gates.Length) await gates[number].Task;
            await next(context);
        });
        var calls = Enumerable.Range(0, 6).Select(i => producer.EnqueueAsync($"k-{i}", null).AsTask()).ToArray();

        gates[4].SetResult();
        gates[2].SetResult();
        Assert.Empty(bench.Made);
        gates[0].SetResult();
        await Task.WhenAll(calls).InTime();
        await producer.EnqueueAsync("k-6", null).AsTask().InTime();

        Assert.Equal(["k-0", "k-1", "k-2", "k-3", "k-4", "k-5", "k-6"], bench.Fake.Values);
    }

    [Fact]
    public async Task One_that_throws_at_once_does_not_let_later_calls_overtake_earlier_ones()
    {
        await using var bench = new ProducerBench();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = 0;
        var producer = bench.Through(null, async (context, next) =>
        {
            switch (entered++)
            {
                case 0:
                    await gate.Task;
                    break;
                case 1:
                    throw new InvalidOperationException("second");
            }

            await next(context);
        });

        var first = producer.EnqueueAsync("k-0", null).AsTask();
        var second = producer.EnqueueAsync("k-1", null).AsTask();
        var third = producer.EnqueueAsync("k-2", null).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => second.InTime());
        Assert.Empty(bench.Made);
        gate.SetResult();
        await Task.WhenAll(first, third).InTime();

        Assert.Equal(["k-0", "k-2"], bench.Fake.Values);
    }

    [Fact]
    public async Task Order_is_kept_also_where_the_queue_is_full()
    {
        await using var bench = new ProducerBench(capacity: 1);
        var entered = 0;
        var producer = bench.Through(null, async (context, next) =>
        {
            if (entered++ % 3 == 0) await Task.Yield();
            await next(context);
        });
        var calls = Enumerable.Range(0, 9).Select(i => producer.EnqueueAsync($"k-{i}", null).AsTask()).ToArray();

        for (var i = 0; i < calls.Length; i++)
        {
            await calls[i].InTime();
            bench.Fake.Report();
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(static i => $"k-{i}"), bench.Fake.Values);
    }

    [Fact]
    public async Task Many_callers_at_once_each_keep_the_order_of_their_key()
    {
        await using var bench = new ProducerBench(capacity: 100_000);
        var producer = bench.Through(null, async (context, next) =>
        {
            if (Random.Shared.Next(4) == 0) await Task.Yield();
            await next(context);
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(key => Task.Run(async () =>
        {
            var calls = new List<Task>();
            for (var i = 0; i < 500; i++) calls.Add(producer.EnqueueAsync($"{key}-{i}", null).AsTask());
            await Task.WhenAll(calls);
        }))).InTime();

        Assert.Equal(4_000, bench.Fake.Values.Count());
        foreach (var key in bench.Fake.Values.GroupBy(static value => value.Split('-')[0]))
        {
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{key.Key}-{i}"), key);
        }
    }

    [Fact]
    public async Task Cancelling_the_call_cancels_its_token()
    {
        await using var bench = new ProducerBench();
        using var cancellation = new CancellationTokenSource();
        var producer = bench.Through(null, async (context, next) =>
        {
            await Task.Delay(-1, context.CancellationToken);
            await next(context);
        });

        var call = producer.EnqueueAsync("k-1", null, null, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        Assert.Empty(bench.Made);
    }

    private static Task Call(IEventProducer<string> producer, string value, bool enqueue) =>
        enqueue ? producer.EnqueueAsync(value, static _ => Assert.Fail("The call threw, so there is no callback.")).AsTask() : producer.ProduceAsync(value);

    private static string Text(KeyValuePair<string, byte[]?> header) => $"{header.Key}={Encoding.UTF8.GetString(header.Value ?? [])}";

    private sealed class Noting(List<string> seen) : IEventSerializer<string>
    {
        public string? ContentType => null;

        public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken)
        {
            seen.Add("serialized");
            return new(Encoding.UTF8.GetBytes(value));
        }

        public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
