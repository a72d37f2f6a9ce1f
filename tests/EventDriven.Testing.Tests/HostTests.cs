using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Testing.Tests;

/// <summary>A test of a service, as users write it: its own registrations on the embedded Kafka, waiting by signal.</summary>
public sealed class HostTests
{
    private readonly CancellationTokenSource _patience = new(Clients.Patience);

    [Fact]
    public async Task A_service_runs_on_the_embedded_Kafka_whatever_it_was_configured_with()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 2);
        using var host = await StartAsync(kafka);
        for (var i = 0; i < 20; i++) await ProduceAsync(host, i);

        await host.Services.WaitUntilHandledAsync("inventory", 20, _patience.Token);
        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience.Token);

        Assert.Equal(Enumerable.Range(0, 20), host.Services.GetRequiredService<Handled>().Numbers.Order());
        var committed = 0L;
        for (var partition = 0; partition < 2; partition++)
        {
            committed += await kafka.Observer.CommittedAsync("inventory", new Confluent.Kafka.TopicPartition("orders", partition), _patience.Token) ?? 0;
        }

        Assert.Equal(20, committed);
        await host.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task Caught_up_means_committed_also_where_that_was_in_an_earlier_run()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        using (var first = await StartAsync(kafka))
        {
            await ProduceAsync(first, 1);
            await first.Services.WaitUntilCommittedAsync("inventory", "orders", 0, 1, _patience.Token);
            await first.StopAsync(_patience.Token);
        }

        using var second = await StartAsync(kafka);
        await second.Services.WaitUntilCaughtUpAsync("inventory", _patience.Token);

        Assert.Empty(second.Services.GetRequiredService<Handled>().Numbers);
        await second.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task Waiting_to_catch_up_ends_where_an_event_has_failed()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var host = await StartAsync(kafka);
        await ProduceAsync(host, -1);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.WaitUntilCaughtUpAsync("inventory", _patience.Token));

        Assert.Equal("Consumer 'inventory' can't catch up: orders[0] is stopped at offset 0, where an event failed.", error.Message);
        Assert.IsType<ArgumentOutOfRangeException>(error.InnerException);
        await host.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task Waiting_for_what_can_not_come_any_more_ends()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var host = await StartAsync(kafka);
        var waiting = host.Services.WaitUntilHandledAsync("inventory", 1, _patience.Token);
        await host.StopAsync(_patience.Token);

        Assert.Equal("Consumer 'inventory' has ended, so this can't come any more: it was stopped.", (await Assert.ThrowsAsync<InvalidOperationException>(() => waiting)).Message);
    }

    [Fact]
    public async Task A_wrong_name_is_told_with_those_that_there_are()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        using var host = await StartAsync(kafka);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.WaitUntilHandledAsync("inventroy", 1, _patience.Token));

        Assert.Equal("There is no consumer 'inventroy'. There are: 'inventory'.", error.Message);
        await host.StopAsync(_patience.Token);
    }

    private static Task<EventReceipt> ProduceAsync(IHost host, int number) =>
        host.Services.GetRequiredService<IEventProducer<int[]>>().ProduceAsync([number]);

    private async Task<IHost> StartAsync(EmbeddedKafka kafka)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddEventDriven("Kafka", cluster =>
        {
            cluster.BootstrapServers = "kafka.example.com:9092";
            cluster.Client["ssl.keystore.location"] = "/nowhere/keys.p12";
            cluster.Security.CaFile = "/nowhere/ca.pem";
            cluster.Security.Authentication = KafkaAuthentication.OAuthBearer;
        });
        builder.Services.AddSingleton<Handled>();
        builder.Services.AddEventProducer<int[]>("orders");
        builder.Services.AddEventConsumer("orders", "inventory", c => c
            .Handle((int[] numbers, Handled handled, CancellationToken _) =>
            {
                ArgumentOutOfRangeException.ThrowIfNegative(numbers[0]);
                handled.Numbers.Enqueue(numbers[0]);
                return ValueTask.CompletedTask;
            }));
        builder.Services.UseEmbeddedKafka(kafka);
        var host = builder.Build();
        await host.StartAsync(_patience.Token);
        return host;
    }

    private sealed class Handled
    {
        public System.Collections.Concurrent.ConcurrentQueue<int> Numbers { get; } = new();
    }
}
