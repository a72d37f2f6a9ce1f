using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Polly;
using Polly.Retry;

namespace EventDriven.Testing.Tests.Recording;

/// <summary>The library's own waits run by the host's clock, which a test may hold in its hand.</summary>
public sealed class ClockTests
{
    private readonly TimerClock _clock = new();

    [Fact]
    public async Task A_retry_comes_when_the_clock_passes_its_delay_and_not_before()
    {
        var attempts = 0;
        await using var test = await StartAsync(c => c
            .Handle((OrderPlaced _, CancellationToken _) => Interlocked.Increment(ref attempts) < 3 ? throw new TimeoutException() : ValueTask.CompletedTask)
            .OnFailure(f => f.Retry(5, TimeSpan.FromHours(1))));
        await test.ProduceAsync("A", 1);

        await test.Events.WaitUntilBackingOffAsync("inventory", test.Patience);
        Assert.Equal(1, Volatile.Read(ref attempts));
        _clock.Advance(TimeSpan.FromHours(1));
        await test.Events.WaitUntilBackingOffAsync("inventory", test.Patience);
        Assert.Equal(2, Volatile.Read(ref attempts));
        _clock.Advance(TimeSpan.FromHours(1));

        var handled = await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced _) => true, test.Patience);
        Assert.Equal((EventOutcome.Handled, 3), (handled.Outcome, handled.Attempts));
    }

    [Fact]
    public async Task Waiting_for_commits_needs_no_clock()
    {
        await using var test = await StartAsync(c => c.Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask));
        await test.ProduceAsync("A", 1);
        await test.Host.Services.WaitUntilCommittedAsync("inventory", "orders", 0, 1, test.Patience);
        await test.ProduceAsync("A", 2);

        await test.Host.Services.WaitUntilCaughtUpAsync("inventory", test.Patience);
    }

    [Fact]
    public async Task Positions_are_committed_when_the_clock_passes_the_interval()
    {
        await using var test = await StartAsync(c => c
            .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask)
            .Configure(options => options.CommitInterval = TimeSpan.FromMinutes(1)));
        await test.ProduceAsync("A", 1);
        await test.Host.Services.WaitUntilHandledAsync("inventory", 1, test.Patience);
        var engine = EventConsumerWaitingExtensions.EngineOf(test.Host.Services, "inventory");
        Assert.DoesNotContain(engine.GetSnapshot().Committed, static position => position.Value == 1);

        _clock.Advance(TimeSpan.FromMinutes(1));

        await engine.WaitUntilAsync(static snapshot => snapshot.Committed.Any(static position => position.Value == 1), test.Patience);
    }

    [Fact]
    public async Task An_attempt_is_over_when_the_clock_passes_its_limit()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await StartAsync(c => c
            .Handle(async (OrderPlaced _, CancellationToken token) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            })
            .Configure(options => options.AttemptTimeout = TimeSpan.FromMinutes(5)));
        await test.ProduceAsync("A", 1);
        await started.Task.WaitAsync(test.Patience);

        _clock.Advance(TimeSpan.FromMinutes(5));

        var failed = await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced _) => true, test.Patience);
        Assert.Equal(EventOutcome.Failed, failed.Outcome);
        Assert.IsType<AttemptTimeoutException>(failed.Error);
    }

    [Fact]
    public async Task An_event_is_stuck_when_the_clock_passes_the_limit()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await StartAsync(c => c
            .Handle(async (OrderPlaced _, CancellationToken _) =>
            {
                started.SetResult();
                await ended.Task;
            })
            .Configure(options => options.StuckAfter = TimeSpan.FromHours(1)));
        await test.ProduceAsync("A", 1);
        await started.Task.WaitAsync(test.Patience);
        var health = test.Host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(test.Patience)).Status);

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(test.Patience)).Status);
        ended.SetResult();
    }

    [Fact]
    public async Task A_consumer_that_can_not_go_on_starts_again_when_the_clock_passes_the_pause()
    {
        await using var test = await StartAsync(c => c
            .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask)
            .Configure(options => options.GroupProtocol = ConsumerGroupProtocol.Consumer));
        var engine = EventConsumerWaitingExtensions.EngineOf(test.Host.Services, "inventory");
        await engine.WaitUntilAsync(static snapshot => snapshot.Assignments.Count == 1, test.Patience);
        test.Kafka.Faults.FailNext(KafkaRequest.ConsumerGroupHeartbeat, KafkaFault.GroupAuthorizationFailed);

        await _clock.TimerAsync(TimeSpan.FromSeconds(1)).WaitAsync(test.Patience);
        Assert.NotNull(engine.GetSnapshot().End);
        await test.ProduceAsync("A", 1);
        Assert.Empty(test.Events.Consumed("inventory"));

        _clock.Advance(TimeSpan.FromSeconds(1));

        await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced _) => true, test.Patience);
    }

    [Fact]
    public async Task What_is_produced_carries_the_time_of_the_clock()
    {
        await using var test = await StartAsync(c => c.Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask));
        await test.ProduceAsync("A", 1);

        Assert.Equal(_clock.GetUtcNow(), (await test.Events.ProducedAsync("orders", test.Patience))[0].Timestamp);
    }

    [Fact]
    public async Task A_named_pipeline_runs_by_the_clock_that_it_was_given()
    {
        var attempts = 0;
        await using var test = await TestHost.StartAsync(services => services
            .AddSingleton<TimeProvider>(_clock)
            .AddResiliencePipeline("inventory", (pipeline, context) =>
            {
                pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                pipeline.AddRetry(new RetryStrategyOptions { Delay = TimeSpan.FromHours(1) });
            })
            .AddEventConsumer("orders", "inventory", c => c
                .Handle((OrderPlaced _, CancellationToken _) => Interlocked.Increment(ref attempts) < 2 ? throw new TimeoutException() : ValueTask.CompletedTask)
                .OnFailure(f => f.Retry("inventory"))));
        await test.ProduceAsync("A", 1);
        await _clock.TimerAsync(TimeSpan.FromHours(1)).WaitAsync(test.Patience);

        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(2, (await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced _) => true, test.Patience)).Attempts);
    }

    private Task<TestHost> StartAsync(Action<EventConsumerBuilder> configure) => TestHost.StartAsync(services => services
        .AddSingleton<TimeProvider>(_clock)
        .AddEventConsumer("orders", "inventory", configure));
}
