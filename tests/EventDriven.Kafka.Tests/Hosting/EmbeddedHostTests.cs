using EventDriven.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>The whole library in a host, as an application registers it.</summary>
public class EmbeddedHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_consumer_whose_topic_comes_later_starts_by_itself_and_handles_what_is_produced()
    {
        await using var kafka = EmbeddedKafka.Start();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", kafka.BootstrapServers)]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddSingleton<Received>();
        builder.Services.AddEventProducer<Order>("orders");
        builder.Services.AddEventConsumer<Order, Handler>("orders", "inventory");
        using var host = builder.Build();
        var control = host.Services.GetRequiredKeyedService<IEventConsumerControl>("inventory");
        var received = host.Services.GetRequiredService<Received>();

        await host.StartAsync().WaitAsync(Patience);
        Assert.NotEqual(ConsumerState.Running, control.State);
        kafka.CreateTopic("orders", partitions: 2);
        await host.Services.GetRequiredService<IEventProducer<Order>>().ProduceAsync(new Order("7")).WaitAsync(Patience);

        Assert.Equal("7", (await received.First.Task.WaitAsync(Patience)).Id);
        Assert.Equal(ConsumerState.Running, control.State);
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Contains("orders[0]", health.Entries["eventdriven-inventory"].Data.Keys);
        await host.StopAsync().WaitAsync(Patience);
        Assert.Equal(ConsumerState.Stopped, control.State);
    }

    [Fact]
    public async Task By_option_a_missing_topic_ends_the_start()
    {
        await using var kafka = EmbeddedKafka.Start();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddEventDriven("Kafka", options =>
        {
            options.BootstrapServers = kafka.BootstrapServers;
            options.WhenUnreachable = UnreachableAction.StopHost;
        });
        builder.Services.AddSingleton<Received>();
        builder.Services.AddEventConsumer<Order, Handler>("orders", "inventory");
        using var host = builder.Build();

        var thrown = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync().WaitAsync(Patience));

        Assert.StartsWith("consumer 'inventory', Topics: 'orders' does not exist on the cluster 'Kafka'.", Assert.Single(thrown.Errors), StringComparison.Ordinal);
    }

    internal sealed record Order(string Id);

    internal sealed class Received
    {
        public TaskCompletionSource<Order> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal sealed class Handler(Received received) : IEventHandler<Order>
    {
        public ValueTask HandleAsync(Order @event, EventContext context, CancellationToken cancellationToken)
        {
            received.First.TrySetResult(@event);
            return ValueTask.CompletedTask;
        }
    }
}
