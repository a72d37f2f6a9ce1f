using System.Collections.Concurrent;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Testing;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

/// <summary>Whole services on the embedded Kafka and the embedded registry.</summary>
public sealed class ProtobufHostTests : IAsyncLifetime
{
    private readonly CancellationToken _patience = new CancellationTokenSource(ProtobufBench.Patience).Token;
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly ConcurrentQueue<object> _handled = new();
    private EmbeddedSchemaRegistry _registry = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await EmbeddedSchemaRegistry.StartAsync();
        _kafka.CreateTopic("orders", 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _kafka.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData(SchemaIdLocation.Prefix)]
    [InlineData(SchemaIdLocation.Header)]
    public async Task An_event_goes_through_with_its_key_and_its_CloudEvents_headers(SchemaIdLocation location)
    {
        (string? ContentType, string? DataSchema) told = default;
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<OrderPlaced>("orders", p => p
                .KeyedBy(static order => new OrderKey { Country = "de", Id = order.Id }).Key<OrderKey>(k => k.UseProtobuf(options => options.SchemaIdLocation = location))
                .UseProtobuf(options => options.SchemaIdLocation = location));
            services.AddEventConsumer("orders", "inventory", c => c
                .Key<OrderKey>(static k => k.UseProtobuf())
                .UseProtobuf()
                .Handle((OrderPlaced order, EventContext context, CancellationToken _) =>
                {
                    told = (context.Headers.GetText("content-type"), context.Headers.GetText("ce_dataschema"));
                    return Note((order.Id, context.GetKey<OrderKey>().Country));
                }));
        });

        await host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(new OrderPlaced { Id = "A1" }, cancellationToken: _patience);
        await host.Services.WaitUntilHandledAsync("inventory", 1, _patience);

        Assert.Equal([("A1", "de")], _handled);
        Assert.Equal(("application/protobuf", $"{_registry.Url}/schemas/ids/3"), told);
        await host.StopAsync(_patience);
    }

    [Fact]
    public async Task Several_messages_of_one_file_on_one_topic_go_to_their_handlers()
    {
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<OrderPlaced>("orders", static p => p.WithoutCloudEvents().UseProtobuf());
            services.AddEventProducer<OrderCancelled>("orders", static p => p.Named("cancelled").WithoutCloudEvents().UseProtobuf());
            services.AddEventProducer<Audit.Types.Note>("orders", static p => p.Named("notes").UseProtobuf());
            services.AddEventConsumer("orders", "inventory", c => c
                .UseProtobuf()
                .FilterUnknown("shop.Audit.Note")
                .Handle((OrderPlaced order, CancellationToken _) => Note(order))
                .Handle((OrderCancelled cancelled, CancellationToken _) => Note(cancelled)));
        });

        await host.Services.GetRequiredService<IEventProducer<OrderCancelled>>().ProduceAsync(new OrderCancelled { Id = "A1" }, cancellationToken: _patience);
        await host.Services.GetRequiredService<IEventProducer<Audit.Types.Note>>().ProduceAsync(new Audit.Types.Note { Text = "x" }, cancellationToken: _patience);
        await host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(new OrderPlaced { Id = "A2" }, cancellationToken: _patience);
        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience);

        Assert.Equal([new OrderCancelled { Id = "A1" }, new OrderPlaced { Id = "A2" }], _handled);
        await host.StopAsync(_patience);
    }

    private ValueTask Note(object handled)
    {
        _handled.Enqueue(handled);
        return ValueTask.CompletedTask;
    }

    private async Task<IHost> StartAsync(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddSchemaRegistry("SchemaRegistry", static _ => { });
        configure(builder.Services);
        builder.Services.AddEventRecorder();
        builder.Services.UseEmbeddedKafka(_kafka);
        builder.Services.UseEmbeddedSchemaRegistry(_registry);
        var host = builder.Build();
        await host.StartAsync(_patience);
        return host;
    }
}
