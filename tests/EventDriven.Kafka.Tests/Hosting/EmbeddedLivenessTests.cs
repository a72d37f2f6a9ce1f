using System.Collections.Concurrent;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Handlers that take too long, in a host, as an application meets them.</summary>
public sealed class EmbeddedLivenessTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly ConcurrentQueue<int> _handled = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EmbeddedLivenessTests() => _kafka.CreateTopic("orders", 1);

    [Fact]
    public async Task An_attempt_over_its_time_is_cancelled_and_another_follows_by_the_policy()
    {
        var attempts = new ConcurrentQueue<int>();
        await using var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .AttemptTimeout(Soon)
            .OnFailure(f => f.Retry(1, TimeSpan.Zero))
            .Handle(async (Order _, EventContext context, CancellationToken token) =>
            {
                attempts.Enqueue(context.Attempt);
                if (context.Attempt == 1)
                {
                    await Task.Delay(-1, token);
                }
            }));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
        await service.WaitUntilCommittedAsync(1);

        Assert.Equal([1, 2], attempts);
    }

    [Fact]
    public async Task Without_a_policy_an_attempt_over_its_time_stops_the_partition_with_a_timeout()
    {
        await using var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .AttemptTimeout(Soon)
            .Handle(async (Order _, CancellationToken token) => await Task.Delay(-1, token)));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
        var stopped = await service.WaitUntilStoppedAsync();

        Assert.Equal(0, stopped.Offset);
        Assert.Equal(Soon, Assert.IsType<AttemptTimeoutException>(stopped.Error).Limit);
    }

    [Fact]
    public async Task A_batch_over_its_time_is_handled_event_by_event_each_with_the_whole_time()
    {
        await using var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .AttemptTimeout(Soon)
            .HandleBatch(2, TimeSpan.FromHours(1), async (IReadOnlyList<ReceivedEvent<Order>> batch, CancellationToken token) =>
            {
                if (batch.Count > 1)
                {
                    await Task.Delay(-1, token);
                }

                _handled.Enqueue(batch[0].Event.Number);
            }));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1");
        await service.WaitUntilCommittedAsync(2);

        Assert.Equal([0, 1], _handled);
    }

    [Fact]
    public async Task A_handler_that_does_not_heed_its_token_is_reported_holds_its_key_only_and_still_counts_when_it_ends()
    {
        await using var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .InKeyOrder(4)
            .AttemptTimeout(Soon)
            .WhenStuck(Soon, StuckAction.Report)
            .Handle((Order order, CancellationToken _) => HandleAsync(order)));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "a:1", "b:2");
        await service.WaitUntilAsync(_ => service.Logs.Of(104).Any());

        Assert.Equal([2], _handled);
        Assert.Equal(ConsumerState.Running, service.Control.State);
        var red = await HealthAsync(service);
        Assert.Equal(HealthStatus.Unhealthy, red.Status);
        Assert.Contains("orders[0] has an event that has been in its handler for", red.Description, StringComparison.Ordinal);
        Assert.Contains("the event at orders[0] offset 0", service.Logs.Of(104).Single(), StringComparison.Ordinal);

        _end.SetResult();
        await service.WaitUntilCommittedAsync(3);
        Assert.Equal([2, 0, 1], _handled);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(service)).Status);
        Assert.Single(service.Logs.Of(104));
    }

    [Fact]
    public async Task Handlers_that_block_their_threads_hold_up_their_own_partitions_only()
    {
        const int Blocked = 8;
        _kafka.CreateTopic("payments", Blocked + 1);
        using var end = new ManualResetEventSlim();
        using var blocking = new CountdownEvent(Blocked);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await EmbeddedService.StartAsync(_kafka, ["payments"], handle: (context, _) =>
        {
            if (context.Partition < Blocked)
            {
                if (blocking.Signal()) all.SetResult();
                end.Wait(EmbeddedService.Patience, CancellationToken.None);
            }

            return Task.CompletedTask;
        });
        for (var partition = 0; partition < Blocked; partition++) await EmbeddedService.ProduceAsync(_kafka, "payments", partition, 1);
        await all.Task.WaitAsync(EmbeddedService.Patience);

        await EmbeddedService.ProduceAsync(_kafka, "payments", Blocked, 20);
        await service.UntilCommittedAsync("payments", Blocked, 20);

        Assert.Equal(Enumerable.Range(0, 20).Select(static offset => $"payments[{Blocked}]@{offset}"), service.Handled);
        end.Set();
        for (var partition = 0; partition < Blocked; partition++) await service.UntilCommittedAsync("payments", partition, 1);
        Assert.Empty(service.Logs.Of(102));
    }

    [Fact]
    public async Task A_consumer_that_is_stuck_can_leave_its_group_so_that_another_member_handles_the_event()
    {
        await using var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .WhenStuck(Soon, StuckAction.LeaveGroup)
            .Configure(options => options.DrainTimeout = Soon)
            .Handle((Order order, CancellationToken _) => HandleAsync(order)));
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
        await service.WaitUntilAsync(snapshot => snapshot.IsCompleted);

        Assert.Equal(ConsumerState.Failed, service.Control.State);
        var red = await HealthAsync(service);
        Assert.Equal(HealthStatus.Unhealthy, red.Status);
        Assert.Contains("The event at orders[0] offset 0 has been in its handler for", red.Description, StringComparison.Ordinal);
        Assert.False(service.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);

        await using var other = await EmbeddedInventory.StartAsync(_kafka, c => c.Handle((Order order, CancellationToken _) =>
        {
            _handled.Enqueue(order.Number + 100);
            return ValueTask.CompletedTask;
        }));
        await other.WaitUntilCommittedAsync(1);
        Assert.Equal([100], _handled);
        _end.SetResult();
    }

    [Fact]
    public async Task A_consumer_that_is_stuck_can_stop_the_host_with_an_error_and_nothing_is_committed()
    {
        var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .WhenStuck(Soon, StuckAction.StopHost)
            .Configure(options => options.DrainTimeout = Soon)
            .Handle((Order order, CancellationToken _) => HandleAsync(order)));
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        service.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0");

        await stopping.Task.WaitAsync(EmbeddedInventory.Patience);
        var error = await Assert.ThrowsAsync<EventConsumerFailedException>(service.StopAsync);

        Assert.Contains("has been in its handler for", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await EmbeddedInventory.CommittedAsync(_kafka) ?? 0);
        _end.SetResult();
        service.Host.Dispose();
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    /// <summary>The first event does not come out of its handler, whatever its token says.</summary>
    private async ValueTask HandleAsync(Order order)
    {
        if (order.Number == 0)
        {
            await _end.Task;
        }

        _handled.Enqueue(order.Number);
    }

    private static async Task<HealthReportEntry> HealthAsync(EmbeddedInventory service) =>
        (await service.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["eventdriven-inventory"];

    internal sealed record Order(int Number);
}
