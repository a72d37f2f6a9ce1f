using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Testing.Tests.Recording;

/// <summary>A service under test, with a recorder.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(Clients.Patience);

    private TestHost(EmbeddedKafka kafka, IHost host)
    {
        Kafka = kafka;
        Host = host;
    }

    public EmbeddedKafka Kafka { get; }

    public IHost Host { get; }

    public CancellationToken Patience => _patience.Token;

    public EventRecorder Events => Host.Services.GetRequiredService<EventRecorder>();

    public static async Task<TestHost> StartAsync(Action<IServiceCollection> configure, int partitions = 1)
    {
        var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.OrderId));
        configure(builder.Services);
        builder.Services.UseEmbeddedKafka(kafka).AddEventRecorder();
        var test = new TestHost(kafka, builder.Build());
        await test.Host.StartAsync(test.Patience);
        return test;
    }

    public Task<EventReceipt> ProduceAsync(string orderId, int step, ProduceOptions? options = null) =>
        Host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(new OrderPlaced(orderId, step), options, Patience);

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync(Patience);
        Host.Dispose();
        Kafka.Dispose();
        _patience.Dispose();
    }
}
