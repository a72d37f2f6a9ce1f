using System.Collections.Concurrent;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>One host on two clusters, with topics of the same name: consumers and producers keep to theirs.</summary>
public sealed class TwoClustersTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly EmbeddedKafka _audit = EmbeddedKafka.Start();
    private readonly Handled _handled = new();
    private readonly CancellationTokenSource _patience = new(Patience.Limit);

    [Fact]
    public async Task Events_stay_on_the_cluster_that_their_producer_chooses()
    {
        using var host = await StartAsync();

        await host.Services.GetRequiredService<IEventProducer<string>>().ProduceBatchAsync(["k-1", "k-2"], cancellationToken: _patience.Token);
        await host.Services.GetRequiredKeyedService<IEventProducer<string>>("audit").ProduceAsync("a-1", _patience.Token);
        await host.Services.WaitUntilHandledAsync("orders", 2, _patience.Token);
        await host.Services.WaitUntilHandledAsync("auditing", 1, _patience.Token);

        Assert.Equal(["auditing a-1 without type", "orders k-1 orders", "orders k-2 orders"], _handled.Lines.Order());
        Assert.Equal((2, 1), (await CommittedAsync(host, _kafka, "orders", 2), await CommittedAsync(host, _audit, "auditing", 1)));
        Assert.Null(await _kafka.Observer.CommittedAsync("auditing", new Confluent.Kafka.TopicPartition("orders", 0), _patience.Token));
        await host.StopAsync(_patience.Token);
    }

    [Fact]
    public async Task Trouble_on_one_cluster_does_not_hold_up_the_other()
    {
        using var host = await StartAsync();
        var second = host.Services.GetRequiredKeyedService<IEventProducer<string>>("audit");
        await second.ProduceAsync("a-1", _patience.Token);

        _audit.Faults.StopBrokers();
        var stuck = second.ProduceAsync("a-2", _patience.Token);
        await host.Services.GetRequiredService<IEventProducer<string>>().ProduceAsync("k-1", _patience.Token);
        await host.Services.WaitUntilHandledAsync("orders", 1, _patience.Token);

        Assert.False(stuck.IsCompleted);
        Assert.Contains("orders k-1 orders", _handled.Lines);
        _audit.Faults.StartBrokers();
        await stuck.InTime();
        await host.Services.WaitUntilHandledAsync("auditing", 2, _patience.Token);
        await host.StopAsync(_patience.Token);
    }

    public void Dispose()
    {
        _kafka.Dispose();
        _audit.Dispose();
        _patience.Dispose();
    }

    private async Task<long> CommittedAsync(IHost host, EmbeddedKafka kafka, string consumer, long offset)
    {
        await host.Services.WaitUntilCommittedAsync(consumer, "orders", 0, offset, _patience.Token);
        return await kafka.Observer.CommittedAsync(consumer, new Confluent.Kafka.TopicPartition("orders", 0), _patience.Token) ?? 0;
    }

    private async Task<IHost> StartAsync()
    {
        _kafka.CreateTopic("orders", 1);
        _audit.CreateTopic("orders", 1);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddEventDriven("Kafka");
        builder.AddEventDriven("Audit");
        builder.Services.AddSingleton(_handled);
        builder.Services.AddEventProducer<string>("orders", static p => p.EventType("orders"));
        builder.Services.AddKeyedEventProducer<string>("audit", "orders", static p => p.Named("audit-orders").OnCluster("Audit").WithoutCloudEvents());
        builder.Services.AddEventConsumer("orders", "orders", static c => c.Handle<string, EventContext, Handled>(Note));
        builder.Services.AddEventConsumer("orders", "auditing", static c => c.OnCluster("Audit").Handle<string, EventContext, Handled>(Note));
        builder.Services.UseEmbeddedKafka(_kafka).UseEmbeddedKafka(_audit, "Audit");
        var host = builder.Build();
        await host.StartAsync(_patience.Token);
        return host;
    }

    private static ValueTask Note(string e, EventContext context, Handled handled, CancellationToken cancellationToken)
    {
        handled.Lines.Enqueue($"{context.ConsumerName} {e} {context.Headers.GetText("ce_type") ?? "without type"}");
        return default;
    }

    private sealed class Handled
    {
        public ConcurrentQueue<string> Lines { get; } = new();
    }
}
