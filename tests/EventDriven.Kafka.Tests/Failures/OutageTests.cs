using System.Net.Sockets;
using Confluent.Kafka;
using EventDriven.Kafka.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Outcome = EventDriven.Kafka.Consuming.Outcome;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>What is no fault of the event: it is held until it is over, and no attempt counts.</summary>
public sealed class OutageTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";

    private readonly List<int> _attempts = [];

    [Fact]
    public async Task An_outage_holds_the_event_and_its_attempts_do_not_count()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) => Try(context, fails: _attempts.Count < 5, new SocketException()))
            .OnFailure(f => f.Retry(1, TimeSpan.FromSeconds(1)).TreatAsOutage<SocketException>().ThenDeadLetter("dead")), AddHandOver);
        var processing = bench.ProcessAsync(Order);

        var held = Assert.Single(bench.Held.Of("billing"));
        Assert.Equal(("orders", 3, 42L, HoldReason.Outage, "System.Net.Sockets.SocketException"), (held.Topic, held.Partition, held.Offset, held.Reason, held.Problem));
        var result = await bench.RunThroughDelaysAsync(processing);

        Assert.Equal((Outcome.Handled, 1), (result.Outcome, result.Attempts));
        Assert.Equal([1, 1, 1, 1, 1, 1], _attempts);
        Assert.Empty(bench.Held.Of("billing"));
    }

    [Fact]
    public async Task What_an_attempt_in_an_outage_did_to_its_context_does_not_show_in_the_next()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
            {
                Assert.Null(context.Headers.GetText("mark"));
                context.Headers.Add("mark", "1");
                return Try(context, fails: _attempts.Count == 0, new SocketException());
            })
            .OnFailure(f => f.TreatAsOutage<SocketException>()));

        Assert.Equal(Outcome.Handled, (await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order))).Outcome);
    }

    [Fact]
    public async Task The_pauses_grow_from_a_second_to_half_a_minute()
    {
        var at = new List<TimeSpan>();
        PipelineBench? bench = null;
        await using (bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, CancellationToken _) =>
            {
                at.Add(bench!.Time.GetUtcNow() - bench.Time.Start);
                return at.Count < 10 ? throw new SocketException() : ValueTask.CompletedTask;
            })
            .OnFailure(f => f.TreatAsOutage<SocketException>())))
        {
            var processing = bench.ProcessAsync(Order);
            while (!processing.IsCompleted)
            {
                bench.Time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }
        }

        var pauses = at.Zip(at.Skip(1), static (before, after) => (after - before).TotalSeconds).ToArray();
        for (var i = 0; i < pauses.Length; i++)
        {
            var longest = Math.Min(30, Math.Pow(2, i));

            // The clock of the test goes in steps of a tenth.
            Assert.InRange(pauses[i], longest / 2, longest + 0.2);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hold_ends_at_once_when_the_partition_is_given_up(bool isLost)
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, CancellationToken _) => throw new SocketException())
            .OnFailure(f => f.TreatAsOutage<SocketException>().ThenSkip()), AddHandOver);
        var processing = bench.ProcessAsync(Order);

        // The clock of the test stands still.
        if (isLost) await bench.Cancelled.CancelAsync();
        await bench.Draining.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await processing.WaitAsync(PipelineBench.Generous)).Outcome);
        Assert.Empty(bench.Held.Of("billing"));
    }

    [Fact]
    public async Task Attempts_stay_bounded_whatever_types_of_exceptions_come_in_turn()
    {
        var calls = 0;
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) =>
            {
                _attempts.Add(context.Attempt);
                throw (calls++ % 3) switch { 0 => new InvalidOperationException(), 1 => new SocketException(), _ => new TimeoutException() };
            })
            .OnFailure(f => f.Retry(3, TimeSpan.FromSeconds(1)).TreatAsOutage<SocketException>()));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Stopped, 4), (result.Outcome, result.Attempts));
        Assert.Equal([1, 2, 2, 3, 4, 4], _attempts);
    }

    [Fact]
    public async Task A_circuit_that_a_pipeline_of_the_application_has_opened_is_an_outage_where_the_policy_says_so()
    {
        var circuit = new CircuitBreakerManualControl();
        await circuit.IsolateAsync(TestContext.Current.CancellationToken);
        await using var bench = new PipelineBench(
            c => c
                .Handle((OrderPlaced _, EventContext context, CancellationToken _) => Try(context, fails: false, null))
                .OnFailure(f => f.Retry("stock").TreatAsOutage<BrokenCircuitException>().ThenSkip()),
            services => services.AddEventDriven("Kafka", static _ => { }).AddResiliencePipeline("stock", builder => builder
                .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2, Delay = TimeSpan.Zero })
                .AddCircuitBreaker(new CircuitBreakerStrategyOptions { ManualControl = circuit })));
        var processing = bench.ProcessAsync(Order);

        Assert.Equal("Polly.CircuitBreaker.IsolatedCircuitException", Assert.Single(bench.Held.Of("billing")).Problem);
        Assert.Empty(_attempts);
        await circuit.CloseAsync(TestContext.Current.CancellationToken);
        var result = await bench.RunThroughDelaysAsync(processing);

        Assert.Equal((Outcome.Handled, 1), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task An_attempt_that_ends_in_an_outage_inside_a_named_pipeline_does_not_count_either()
    {
        await using var bench = new PipelineBench(
            c => c
                .Handle((OrderPlaced _, EventContext context, CancellationToken _) => Try(context, fails: _attempts.Count < 7, new SocketException()))
                .OnFailure(f => f.Retry("stock").TreatAsOutage<SocketException>().ThenSkip()),
            services => services.AddEventDriven("Kafka", static _ => { }).AddResiliencePipeline("stock", builder => builder.AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2, Delay = TimeSpan.Zero })));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Handled, 1), (result.Outcome, result.Attempts));
        Assert.All(_attempts, static attempt => Assert.Equal(1, attempt));
    }

    [Fact]
    public async Task A_codec_that_lacks_what_it_depends_on_is_an_outage_and_nothing_is_dead_lettered()
    {
        var registry = new Registry { IsDown = true };
        await using var bench = new PipelineBench(
            c => c.Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask).Deserialize<OrderPlaced>(with: registry).OnFailure(f => f.ThenDeadLetter()), AddHandOver);
        var processing = bench.ProcessAsync(Order);

        Assert.Equal("EventDriven.EventSerializerUnavailableException", Assert.Single(bench.Held.Of("billing")).Problem);
        registry.IsDown = false;

        Assert.Equal(Outcome.Handled, (await bench.RunThroughDelaysAsync(processing)).Outcome);
    }

    private static void AddHandOver(IServiceCollection services) => services.AddEventDriven("Kafka", static _ => { });

    private ValueTask Try(EventContext context, bool fails, Exception? error)
    {
        _attempts.Add(context.Attempt);
        return fails ? throw error! : ValueTask.CompletedTask;
    }

    /// <summary>A deserializer of the client's own kind that asks a registry first.</summary>
    private sealed class Registry : IDeserializer<OrderPlaced>
    {
        public bool IsDown { get; set; }

        public OrderPlaced Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            IsDown ? throw new HttpRequestException("connection refused") : new OrderPlaced("A1", 7);
    }
}
