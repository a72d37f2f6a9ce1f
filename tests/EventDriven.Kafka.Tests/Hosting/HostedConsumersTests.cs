using EventDriven.Kafka.Health;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

public class HostedConsumersTests
{
    [Fact]
    public async Task Consumers_run_only_while_all_hosted_services_do_and_producers_end_after_them()
    {
        await using var test = new TestHost();
        test.Consumer(group: "a").Consumer(group: "b");
        test.Services.AddSingleton<IHostedService>(new Neighbour(test.Runners.Log.Enqueue));
        test.Services.AddSingleton<IStopAfterConsumers>(new Producers(test.Runners.Log.Enqueue));

        await test.StartAsync();
        await Task.WhenAll(test.Runners["a"].Started, test.Runners["b"].Started).WaitAsync(TimeSpan.FromSeconds(30));
        await test.StopAsync();

        Assert.Equal(
            ["neighbour started", "a started", "b started", "a stopping", "a stopped", "b stopping", "b stopped", "neighbour stopped", "producers stopped"],
            test.Runners.Log);
    }

    [Fact]
    public async Task Consumers_stop_at_the_same_time_within_the_time_of_the_host()
    {
        await using var test = new TestHost();
        test.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Runners.OnCreate = runner => runner.Stopping = released.Task;
        test.Consumer(group: "a").Consumer(group: "b");
        await test.StartAsync();

        var stop = test.Host.StopAsync();
        Assert.Contains("a stopping", test.Runners.Log);
        Assert.Contains("b stopping", test.Runners.Log);
        Assert.False(stop.IsCompleted);
        released.SetResult();
        await stop;

        // A fifth is kept for the producers.
        Assert.Equal(TimeSpan.FromSeconds(16), test.Runners["a"].StopBudget);
        Assert.Equal(TimeSpan.FromSeconds(16), test.Runners["b"].StopBudget);
    }

    [Fact]
    public async Task A_consumer_that_does_not_stop_does_not_keep_the_host_from_stopping_or_producers_from_flushing()
    {
        await using var test = new TestHost();
        var never = new TaskCompletionSource();
        test.Runners.OnCreate = runner => runner.Stopping = never.Task;
        test.Services.AddSingleton<IStopAfterConsumers>(new Producers(test.Runners.Log.Enqueue));
        await test.Consumer().StartAsync();

        using var noTime = new CancellationTokenSource();
        var stop = test.Host.StopAsync(noTime.Token);
        Assert.False(stop.IsCompleted);
        await noTime.CancelAsync();
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("producers stopped", test.Runners.Log);
        Assert.DoesNotContain("inventory stopped", test.Runners.Log);
        Assert.Single(test.Logs.Of(1005));
        never.SetResult();
    }

    [Fact]
    public async Task What_producers_could_not_deliver_is_an_error_of_the_stop()
    {
        await using var test = new TestHost();
        test.Services.AddSingleton<IStopAfterConsumers>(new Producers(static _ => throw new InvalidOperationException("3 events were not delivered")));
        await test.Consumer().StartAsync();

        Assert.Equal("3 events were not delivered", (await Assert.ThrowsAsync<InvalidOperationException>(test.StopAsync)).Message);
    }

    [Fact]
    public async Task A_consumer_may_stop_the_host_which_then_ends_with_an_error()
    {
        await using var test = new TestHost();
        await test.Consumer().StartAsync();
        var run = test.Host.WaitForShutdownAsync();

        test.Runners["inventory"].StopHost("the broker has fenced it");

        var thrown = await Assert.ThrowsAsync<EventConsumerFailedException>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("inventory", thrown.ConsumerName);
        Assert.Equal("Consumer 'inventory' has stopped the host: the broker has fenced it", thrown.Message);
        Assert.Contains("inventory stopped", test.Runners.Log);
        Assert.Single(test.Logs.Of(1004));
    }

    [Fact]
    public async Task A_start_that_fails_elsewhere_leaves_no_consumer_running()
    {
        var test = new TestHost();
        test.Consumer();
        test.Services.AddSingleton<IHostedService>(new FailsWhenStarted());

        await Assert.ThrowsAsync<InvalidOperationException>(test.StartAsync);
        Assert.Contains("inventory started", test.Runners.Log);
        await test.DisposeAsync();

        Assert.Contains("inventory stopped", test.Runners.Log);
    }

    [Fact]
    public async Task The_host_can_be_disposed_synchronously()
    {
        var test = new TestHost();
        await test.Consumer().StartAsync();

        test.Host.Dispose();

        Assert.Contains("inventory stopped", test.Runners.Log);
    }

    [Fact]
    public async Task A_drain_that_the_host_has_no_time_for_is_warned_of()
    {
        await using var test = new TestHost();
        test.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

        await test.Consumer().StartAsync();

        Assert.Equal(
            [
                "Consumer 'inventory' has a DrainTimeout of 00:00:10, but a stop gives it 00:00:08: the host's ShutdownTimeout is 00:00:10. "
                + "Handlers that take longer are cancelled, and their events delivered again.",
            ],
            test.Logs.Of(1003));
    }

    [Fact]
    public async Task A_control_pauses_resumes_and_retries_its_consumer()
    {
        await using var test = new TestHost();
        test.Consumer(group: "a").Consumer(group: "b");
        var control = test.Control("b");

        control.Retry();
        control.Pause();
        Assert.Equal(ConsumerState.Starting, control.State);
        await test.StartAsync();
        control.Resume();
        control.Retry();

        Assert.Equal("b", control.Name);
        Assert.Equal(ConsumerState.Running, control.State);
        Assert.Equal(["b pause", "a started", "b started", "b resume", "b retry"], test.Runners.Log);
        Assert.Equal(["a", "b"], test.Host.Services.GetServices<IEventConsumerControl>().Select(each => each.Name));

        test.Runners["b"].Status = new ConsumerStatus { State = ConsumerState.Failed };
        Assert.Equal(ConsumerState.Failed, control.State);
    }

    [Fact]
    public async Task The_settings_of_the_client_are_composed_for_each_instance_and_ConfigureClient_is_called_once()
    {
        await using var test = new TestHost();
        var calls = 0;
        test.Consumer(configure: c => c.ConfigureClient(client =>
        {
            calls++;
            client.FetchMinBytes = 7;
        }).ConfigureClient(client => client.ClientRack = "a"));
        await test.StartAsync();

        var first = test.Runners["inventory"].Settings.CreateClientConfig();
        first.FetchMinBytes = 8;
        var second = test.Runners["inventory"].Settings.CreateClientConfig();

        Assert.Equal(1, calls);
        Assert.Equal(7, second.FetchMinBytes);
        Assert.Equal("a", second.ClientRack);
        Assert.Equal("broker:9092", second.BootstrapServers);
        Assert.Equal("shop", second.ClientId);
        Assert.Equal("Kafka", test.Runners["inventory"].Settings.Cluster);
    }

    private sealed class Neighbour(Action<string> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            log("neighbour started");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            log("neighbour stopped");
            return Task.CompletedTask;
        }
    }

    private sealed class Producers(Action<string> log) : IStopAfterConsumers
    {
        public ValueTask StopAsync(CancellationToken cancellationToken)
        {
            log("producers stopped");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class FailsWhenStarted : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("the neighbour fails");

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
