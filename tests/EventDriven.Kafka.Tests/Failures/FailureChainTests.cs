using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Tests.Pipeline;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>The steps behind the attempts in place: what is written, and what happens while it can't be.</summary>
public sealed class FailureChainTests : IDisposable
{
    private static readonly string[] Origin = ["original-topic", "original-partition", "original-offset", "original-timestamp", "redriven"];

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedHandOverLog _log = new();
    private readonly RecordingLogs _logs = new();
    private readonly HeldEvents _held;
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _cancelled = new();

    public FailureChainTests() => _held = new HeldEvents(_time);

    [Fact]
    public async Task A_dead_letter_has_the_bytes_of_its_event_null_and_empty_told_apart_and_goes_by_the_number_of_its_partition()
    {
        var headers = new Headers { { "null", null }, { "empty", [] }, { "twice", [1] }, { "twice", [2] }, { "traceparent", "00-1"u8.ToArray() } };

        await NextAsync(f => f.ThenDeadLetter(), Record([], null, headers));

        var written = Assert.Single(_log.Attempts);
        Assert.Equal(("billing--orders--dlq", 3), (written.Topic, written.Partition));
        Assert.Equal([], written.Key!);
        Assert.Null(written.Value);
        Assert.Equal(
            ["null=null", "empty=", "twice=01", "twice=02", "traceparent=30302D31"],
            written.Headers.Take(5).Select(static header => $"{header.Key}={(header.GetValueBytes() is { } bytes ? Convert.ToHexString(bytes) : "null")}"));
    }

    [Fact]
    public async Task Its_headers_say_where_it_comes_from_and_how_it_failed()
    {
        await NextAsync(f => f.ThenDeadLetter(), Record(), new InvalidOperationException("poison"), FailureClass.Fatal);

        var written = Assert.Single(_log.Attempts);
        Assert.Equal(
            ["original-topic=orders", "original-partition=3", "original-offset=42", "original-timestamp=1700000000000", "group=billing", "handler=Shop.ReserveStock", "attempts=2",
                "failure-class=fatal", "exception-type=System.InvalidOperationException", "exception-message=poison", "failed-at=2026-01-01T00:00:00.0000000Z"],
            written.Names.Except(["eventdriven-exception-stack"]).Select(name => $"{name["eventdriven-".Length..]}={written.Text(name)}"));
    }

    [Fact]
    public async Task Message_and_stack_are_bounded_and_the_stack_is_left_out_where_that_is_asked()
    {
        var error = Thrown(new string('é', 5_000));

        await NextAsync(f => f.ThenDeadLetter(), Record(), error);
        await NextAsync(f => f.ThenDeadLetter(d => d.WithoutStack()), Record(), error);

        var (with, without) = (_log.Attempts.First(), _log.Attempts.Last());
        Assert.InRange(with.Headers.GetLastBytes("eventdriven-exception-message").Length, 1020, 1024);
        Assert.EndsWith("é…", with.Text("eventdriven-exception-message"), StringComparison.Ordinal);
        Assert.InRange(with.Headers.GetLastBytes("eventdriven-exception-stack").Length, 1, 8 * 1024);
        Assert.DoesNotContain("eventdriven-exception-stack", without.Names);
    }

    [Fact]
    public async Task Headers_do_not_grow_over_hops()
    {
        var record = Record(headers: new Headers { { "own", [1] } });
        var lengths = new List<int>();
        for (var hop = 0; hop < 5; hop++)
        {
            await NextAsync(f => f.ThenDeadLetter(d => d.WithSpringHeaders()), record, Thrown("poison"));
            var headers = _log.Attempts.Last().Headers;
            lengths.Add(headers.Count);
            record = Record(headers: headers);
        }

        Assert.Single(lengths.Distinct());
        Assert.Equal(1, _log.Attempts.Last().Names.Count(static name => name == "own"));
    }

    [Fact]
    public async Task The_headers_of_spring_are_written_as_it_writes_them()
    {
        await NextAsync(f => f.ThenDeadLetter(d => d.WithSpringHeaders()), Record(), Thrown("poison", new TimeoutException()));

        var written = Assert.Single(_log.Attempts);
        Assert.Equal("orders", written.Text("kafka_dlt-original-topic"));
        Assert.Equal([0, 0, 0, 3], written.Headers.GetLastBytes("kafka_dlt-original-partition"));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 42], written.Headers.GetLastBytes("kafka_dlt-original-offset"));
        Assert.Equal("0000018BCFE56800", Convert.ToHexString(written.Headers.GetLastBytes("kafka_dlt-original-timestamp")));
        Assert.Equal("billing", written.Text("kafka_dlt-original-consumer-group"));
        Assert.Equal("System.InvalidOperationException", written.Text("kafka_dlt-exception-fqcn"));
        Assert.Equal("System.TimeoutException", written.Text("kafka_dlt-exception-cause-fqcn"));
        Assert.Equal("poison", written.Text("kafka_dlt-exception-message"));
        Assert.Contains(nameof(Thrown), written.Text("kafka_dlt-exception-stacktrace"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_chooses_the_topic_by_the_type_of_the_exception()
    {
        static void Policy(FailurePolicyBuilder f) => f.ThenDeadLetter(d => d.Topic("dead").Route<ArgumentException>("invalid").Route<EventSerializationException>("unreadable"));

        await NextAsync(Policy, Record(), new ArgumentNullException("id"));
        await NextAsync(Policy, Record(), new AggregateException(new EventSerializationException("no JSON", typeof(string))));
        await NextAsync(Policy, Record(), new InvalidOperationException());

        Assert.Equal(["invalid", "unreadable", "dead"], _log.Attempts.Select(static written => written.Topic));
    }

    [Fact]
    public async Task A_record_that_is_too_large_loses_the_stack_then_the_message_then_is_held()
    {
        _log.Answer = static _ => ScriptedHandOverLog.Refuse(ProduceFailureReason.TooLarge);
        var next = NextAsync(f => f.ThenDeadLetter(), Record(), Thrown("poison"));

        Assert.Equal(
            ["exception-message, exception-stack", "exception-message", ""],
            _log.Attempts.Select(static written => string.Join(", ", written.Names.Where(static name => name is "eventdriven-exception-message" or "eventdriven-exception-stack").Select(static name => name["eventdriven-".Length..]))));
        var held = Assert.Single(_held.Of("billing"));
        Assert.Equal((HoldReason.HandOver, "refused: TooLarge"), (held.Reason, held.Problem));

        // Its topic takes more now.
        _log.Answer = static _ => null;
        var result = await ThroughPausesAsync(next);

        Assert.Equal(Outcome.DeadLettered, result.Outcome);
        Assert.Equal(4, _log.Attempts.Count);
        Assert.Empty(_held.Of("billing"));
    }

    [Theory]
    [InlineData(ProduceFailureReason.UnknownTopicOrPartition)]
    [InlineData(ProduceFailureReason.NotAuthorized)]
    [InlineData(ProduceFailureReason.TimedOut)]
    [InlineData(null)]
    public async Task What_can_t_be_written_is_held_tried_at_a_bounded_rate_and_goes_on_by_itself(ProduceFailureReason? reason)
    {
        var tries = 0;
        _log.Answer = _ => ++tries < 20 ? reason is { } known ? ScriptedHandOverLog.Refuse(known) : new ObjectDisposedException("client") : null;
        var next = NextAsync(f => f.ThenDeadLetter(), Record());
        var began = _time.GetUtcNow();

        var result = await ThroughPausesAsync(next, TimeSpan.FromSeconds(1));

        Assert.Equal((Outcome.DeadLettered, 20), (result.Outcome, tries));

        // 1, 2, 4, 8, 16 and then 30 seconds at most, half of them at least.
        Assert.InRange((_time.GetUtcNow() - began).TotalSeconds, (31 + 14 * 30) / 2.0, 31 + 14 * 30 + 20);
        Assert.Single(_logs.Lines, static line => line is { Id: 2041, Level: LogLevel.Error });
    }

    [Fact]
    public async Task A_hold_ends_at_once_when_the_partition_is_given_up()
    {
        _log.Answer = static _ => ScriptedHandOverLog.Refuse(ProduceFailureReason.TimedOut);
        var next = NextAsync(f => f.ThenDeadLetter(), Record());

        // The clock of the test stands still.
        await _draining.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await next.AsTask().WaitAsync(PipelineBench.Generous)).Outcome);
        Assert.Empty(_held.Of("billing"));
    }

    [Fact]
    public async Task A_write_under_way_is_waited_for_by_the_drain_so_that_a_clean_stop_writes_nothing_twice()
    {
        var acknowledged = new TaskCompletionSource();
        _log.Gate = acknowledged.Task;
        var next = NextAsync(f => f.ThenDeadLetter(), Record()).AsTask();

        await _draining.CancelAsync();
        Assert.False(next.IsCompleted);
        acknowledged.SetResult();

        Assert.Equal(Outcome.DeadLettered, (await next.WaitAsync(PipelineBench.Generous)).Outcome);
    }

    [Fact]
    public async Task A_write_that_never_ends_is_left_when_the_drain_is_over()
    {
        _log.Gate = new TaskCompletionSource().Task;
        var next = NextAsync(f => f.ThenDeadLetter(), Record()).AsTask();

        await _draining.CancelAsync();
        await _cancelled.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await next.WaitAsync(PipelineBench.Generous)).Outcome);
    }

    [Fact]
    public async Task A_write_of_what_is_held_is_not_waited_for()
    {
        _log.Answer = static _ => ScriptedHandOverLog.Refuse(ProduceFailureReason.TimedOut);
        var next = NextAsync(f => f.ThenDeadLetter(), Record()).AsTask();
        _log.Gate = new TaskCompletionSource().Task;
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => _log.Attempts.Count == 2);

        await _draining.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await next.WaitAsync(PipelineBench.Generous)).Outcome);
    }

    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("dead", "other")]
    public async Task A_dead_letter_never_goes_to_the_topic_it_comes_from(string source, string route)
    {
        var result = await NextAsync(
            f => f.ThenDeadLetter(d => d.Topic("dead").Route<InvalidOperationException>(route)), Record() with { Topic = source }, new InvalidOperationException());

        Assert.Equal(Outcome.Stopped, result.Outcome);
        Assert.Empty(_log.Attempts);
        Assert.Single(_logs.Lines, static line => line.Id == 2045);
    }

    [Fact]
    public async Task An_exception_that_throws_when_it_is_asked_is_handed_over_all_the_same()
    {
        var result = await NextAsync(f => f.ThenDeadLetter(), Record(), new HostileException());

        Assert.Equal(Outcome.DeadLettered, result.Outcome);
        Assert.Equal(typeof(HostileException).FullName, Assert.Single(_log.Attempts).Text("eventdriven-exception-type"));
        Assert.DoesNotContain("eventdriven-exception-message", Assert.Single(_log.Attempts).Names);
    }

    [Fact]
    public async Task What_was_parked_before_keeps_its_first_coordinates_and_its_count_of_redrives()
    {
        var origin = new EventOrigin { Partition = new PartitionId("orders", 7), Offset = 9, TimestampMs = 1, Attempts = 5, Step = 0, Redriven = 2 };

        await NextAsync(f => f.ThenRetryTopics("5s").ThenDeadLetter(), Record() with { Topic = "billing--orders--retry-5s", Origin = origin });

        var written = Assert.Single(_log.Attempts);
        Assert.Equal(("billing--orders--dlq", 7), (written.Topic, written.Partition));
        Assert.Equal(["orders", "7", "9", "1", "2"], Origin.Select(name => written.Text($"eventdriven-{name}")));
    }

    public void Dispose()
    {
        _draining.Dispose();
        _cancelled.Dispose();
        _logs.Dispose();
    }

    private static ConsumedRecord Record(byte[]? key = null, byte[]? value = null, Headers? headers = null) =>
        new() { Topic = "orders", Partition = 3, Offset = 42, TimestampMs = 1_700_000_000_000, Key = key, Value = value, Headers = headers };

    private static InvalidOperationException Thrown(string message, Exception? cause = null)
    {
        try
        {
            throw new InvalidOperationException(message, cause);
        }
        catch (InvalidOperationException thrown)
        {
            return thrown;
        }
    }

    private ValueTask<ProcessingResult> NextAsync(
        Action<FailurePolicyBuilder> configure, ConsumedRecord record, Exception? error = null, FailureClass failureClass = FailureClass.Transient)
    {
        var builder = new FailurePolicyBuilder();
        configure(builder);
        var chain = new FailureChain(builder.Build(), _log, new FailureTopics("billing"), "billing", "billing", _logs, _time, _held);
        var failure = new EventFailure
        {
            Class = failureClass,
            Error = error ?? new InvalidOperationException("poison"),
            Attempts = 2,
            FailedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Handler = "Shop.ReserveStock",
        };
        return chain.NextAsync(record, failure, new ProcessingTokens(_draining.Token, _cancelled.Token));
    }

    private async Task<ProcessingResult> ThroughPausesAsync(ValueTask<ProcessingResult> next, TimeSpan? step = null)
    {
        var work = next.AsTask();
        await UntilAsync(() =>
        {
            _time.Advance(step ?? TimeSpan.FromMinutes(1));
            return work.IsCompleted;
        });
        return await work;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var spent = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(spent.Elapsed < PipelineBench.Generous);
            await Task.Yield();
        }
    }

    private sealed class HostileException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override string? StackTrace => throw new InvalidOperationException("no stack");
    }
}
