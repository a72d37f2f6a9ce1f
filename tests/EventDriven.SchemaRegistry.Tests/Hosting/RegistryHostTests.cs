using System.Collections.Concurrent;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Whole services on the embedded Kafka and the embedded registry.</summary>
public sealed class RegistryHostTests : IAsyncLifetime
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;
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

    [Fact]
    public async Task An_outage_holds_the_event_counts_no_attempt_dead_letters_nothing_and_ends_by_itself()
    {
        _kafka.CreateTopic("inventory--orders--dlq", 1);
        _registry.Register("orders-value", """{"title":"Order","type":"object"}""", "JSON");
        _registry.Inject(RegistryFault.Unreachable);
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<byte[]>("orders");
            Consume(services, static c => c.OnFailure(static f => f.Retry(1, TimeSpan.Zero).ThenDeadLetter()));
        });
        var recorder = host.Services.GetRequiredService<EventRecorder>();

        await ProduceAsync(host, 1, """{"id":"A1","amount":7}""");
        await recorder.WaitUntilBackingOffAsync("inventory", _patience);
        var held = Assert.Single(host.Services.GetRequiredKeyedService<IEventConsumerControl>("inventory").Status.HeldEvents);
        Assert.Equal("orders", held.Topic);
        _registry.Heal();
        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience);

        Assert.Equal([new Order("A1", 7)], _handled);
        var consumed = Assert.Single(recorder.Consumed("inventory"));
        Assert.Equal((EventOutcome.Handled, 1), (consumed.Outcome, consumed.Attempts));
        await host.StopAsync(_patience);
    }

    [Fact]
    public async Task An_unknown_id_is_dead_lettered_after_it_was_asked_for_again_and_what_follows_goes_on()
    {
        _kafka.CreateTopic("inventory--orders--dlq", 1);
        _registry.Register("orders-value", """{"title":"Order","type":"object"}""", "JSON");
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<byte[]>("orders");
            Consume(services, static c => c.OnFailure(static f => f.Retry(1, TimeSpan.Zero).ThenDeadLetter()));
        });
        var recorder = host.Services.GetRequiredService<EventRecorder>();

        await ProduceAsync(host, 99, """{"id":"A1","amount":7}""");
        await ProduceAsync(host, 1, """{"id":"A2","amount":7}""");
        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience);

        Assert.Equal([new Order("A2", 7)], _handled);
        var dead = recorder.Consumed("inventory").First(static consumed => consumed.Offset == 0);
        Assert.Equal(EventOutcome.DeadLettered, dead.Outcome);
        Assert.Equal(2, _registry.Requests.Count(static request => request == "GET /schemas/ids/99"));
        await host.StopAsync(_patience);
    }

    [Fact]
    public async Task The_branches_of_a_oneOf_with_references_go_to_their_handlers_by_their_titles()
    {
        const string Placed = """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Order","type":"object","properties":{"id":{"$ref":"id.json"},"amount":{"type":"integer"}},"required":["id","amount"]}""";
        const string Taken = """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Cancelled","type":"object","properties":{"id":{"$ref":"id.json"}},"required":["id"],"additionalProperties":false}""";
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<Order>("orders", static p => p.WithoutCloudEvents().UseJsonSchema(Unite));
            services.AddEventProducer<Cancelled>("orders", static p => p.Named("cancelled").WithoutCloudEvents().UseJsonSchema(Unite));
            services.AddEventConsumer("orders", "inventory", c => c
                .UseJsonSchema()
                .Handle((Order order, CancellationToken _) => Note(order))
                .Handle((Cancelled cancelled, CancellationToken _) => Note(cancelled)));
        });

        await host.Services.GetRequiredService<IEventProducer<Cancelled>>().ProduceAsync(new Cancelled("A1"), cancellationToken: _patience);
        await host.Services.GetRequiredService<IEventProducer<Order>>().ProduceAsync(new Order("A2", 7), cancellationToken: _patience);
        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience);

        Assert.Equal([new Cancelled("A1"), new Order("A2", 7)], _handled);
        Assert.Equal(
            ["cancelled", "id", "order", "orders-value"],
            _registry.Requests.Where(static request => request.StartsWith("POST", StringComparison.Ordinal) && request.Contains("/versions", StringComparison.Ordinal)).Select(static request => request.Split('/')[2]).Distinct().Order(StringComparer.Ordinal));
        await host.StopAsync(_patience);

        static void Unite(JsonSchemaOptions options)
        {
            const string Union = """{"$schema":"http://json-schema.org/draft-07/schema#","oneOf":[{"$ref":"order.json"},{"$ref":"cancelled.json"}]}""";
            options.UseSchema<Order>(Union).UseSchema<Cancelled>(Union)
                .AddReference("order.json", "order", Placed).AddReference("cancelled.json", "cancelled", Taken).AddReference("id.json", "id", """{"title":"Id","type":"string"}""");
        }
    }

    [Fact]
    public async Task A_synchronous_serializer_of_ones_own_drops_in_and_what_it_throws_is_told()
    {
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<Cancelled>("orders", static p => p.Serialize(with: new OwnSerializer()));
            services.AddEventConsumer("orders", "inventory", c => c.Deserialize(with: new OwnSerializer()).Handle((Cancelled cancelled, CancellationToken _) => Note(cancelled)));
        });
        var producer = host.Services.GetRequiredService<IEventProducer<Cancelled>>();

        await producer.ProduceAsync(new Cancelled("A1"), cancellationToken: _patience);
        var failure = await Assert.ThrowsAsync<EventProduceException>(() => producer.ProduceAsync(new Cancelled(""), cancellationToken: _patience));
        await host.Services.WaitUntilHandledAsync("inventory", 1, _patience);

        Assert.Equal([new Cancelled("A1 of orders")], _handled);
        Assert.Contains("an order has an id", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(_registry.Requests);
        await host.StopAsync(_patience);
    }

    [Fact]
    public async Task Without_a_registry_the_start_says_what_to_register()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddEventProducer<Order>("orders", static p => p.UseJsonSchema());
        builder.Services.UseEmbeddedKafka(_kafka);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<EventDrivenConfigurationException>(() => host.StartAsync(_patience));

        Assert.Contains("No schema registry is registered. Register one: builder.AddSchemaRegistry(\"SchemaRegistry\").", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_producer_and_consumer_uses_the_registry_that_it_chooses()
    {
        _kafka.CreateTopic("audit", 1);
        await using var other = await EmbeddedSchemaRegistry.StartAsync();

        // So that ids differ: an event that is read through the wrong registry is another, or none.
        other.Register("taken-value", """{"title":"Taken","type":"object"}""", "JSON");
        static void Audit(SchemaSerializationOptions options) => options.Registry = "Audit";
        using var host = await StartWithAsync(services =>
        {
            services.AddSchemaRegistry("SchemaRegistry", Configure);
            services.AddSchemaRegistry("Audit", Configure);
            services.AddEventProducer<Order>("orders", static p => p.UseJsonSchema(OrdersJson.Default));
            services.AddEventProducer<Cancelled>("audit", static p => p.KeyedBy(static cancelled => new OrderKey("de", cancelled.Id)).Key<OrderKey>(static k => k.UseJsonSchema(OrdersJson.Default, Audit)).UseJsonSchema(OrdersJson.Default, Audit));
            Consume(services, static _ => { });
            services.AddEventConsumer("audit", "auditing", c => c
                .Key<OrderKey>(static k => k.UseJsonSchema(OrdersJson.Default, Audit))
                .UseJsonSchema(OrdersJson.Default, Audit)
                .Handle((Cancelled cancelled, EventContext context, CancellationToken _) => Note((cancelled, context.GetKey<OrderKey>(), context.Headers.GetText("ce_dataschema")![..^1]))));
            services.UseEmbeddedSchemaRegistry(_registry);
            services.UseEmbeddedSchemaRegistry(other, "Audit");
        });

        await host.Services.GetRequiredService<IEventProducer<Order>>().ProduceAsync(new Order("A1", 7), cancellationToken: _patience);
        await host.Services.WaitUntilHandledAsync("inventory", 1, _patience);
        await host.Services.GetRequiredService<IEventProducer<Cancelled>>().ProduceAsync(new Cancelled("A2"), cancellationToken: _patience);
        await host.Services.WaitUntilHandledAsync("auditing", 1, _patience);

        Assert.Equal([new Order("A1", 7), (new Cancelled("A2"), new OrderKey("de", "A2"), $"{other.Url}/schemas/ids/")], _handled);
        Assert.All(_registry.Requests, static request => Assert.DoesNotContain("audit", request, StringComparison.Ordinal));
        Assert.All(other.Requests, static request => Assert.DoesNotContain("orders", request, StringComparison.Ordinal));
        await host.StopAsync(_patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_of_ones_own_is_what_is_asked(bool isFirst)
    {
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        using var host = await StartWithAsync(services =>
        {
            if (isFirst) services.AddKeyedSingleton<ISchemaRegistryClient>("SchemaRegistry", client);
            services.AddSchemaRegistry("SchemaRegistry", static options =>
            {
                // Nobody is there.
                options.Urls = ["http://127.0.0.1:1"];
                options.RequestTimeout = options.TimeBudget = TimeSpan.FromSeconds(20);
            });
            if (!isFirst) services.AddKeyedSingleton<ISchemaRegistryClient>("SchemaRegistry", client);
            services.AddEventProducer<Order>("orders", static p => p.UseJsonSchema(OrdersJson.Default));
            Consume(services, static _ => { });
        });

        await host.Services.GetRequiredService<IEventProducer<Order>>().ProduceAsync(new Order("A1", 7), cancellationToken: _patience);
        await host.Services.WaitUntilHandledAsync("inventory", 1, _patience);

        Assert.Equal([new Order("A1", 7)], _handled);
        Assert.Contains("POST /subjects/orders-value/versions?normalize=False", _registry.Requests);
        await host.StopAsync(_patience);
    }

    [Fact]
    public async Task The_vendors_serializers_drop_in_for_Avro_and_JSON_and_their_unknown_id_is_fatal()
    {
        _kafka.CreateTopic("json", 1);
        _kafka.CreateTopic("inventory--orders--dlq", 1);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        var schema = (RecordSchema)global::Avro.Schema.Parse("""{"type":"record","name":"Placed","fields":[{"name":"id","type":"string"}]}""");
        using var host = await StartAsync(services =>
        {
            services.AddEventProducer<GenericRecord>("orders", p => p.Serialize(with: new AvroSerializer<GenericRecord>(client)));
            services.AddEventProducer<byte[]>("orders", static p => p.Named("raw"));
            services.AddEventProducer<VendorJsonTests.VendorOrder>("json", p => p.Serialize(with: new JsonSerializer<VendorJsonTests.VendorOrder>(client)));
            services.AddEventConsumer("orders", "inventory", c => c
                .Deserialize(with: new AvroDeserializer<GenericRecord>(client))
                .Handle((GenericRecord record, CancellationToken _) => Note(record["id"]))
                .OnFailure(static f => f.ThenDeadLetter()));
            services.AddEventConsumer("json", "billing", c => c
                .Deserialize(with: new JsonDeserializer<VendorJsonTests.VendorOrder>(client))
                .Handle((VendorJsonTests.VendorOrder order, CancellationToken _) => Note(order.Id)));
        });

        var record = new GenericRecord(schema);
        record.Add("id", "A1");
        await ProduceAsync(host, 99, "x");
        await host.Services.GetRequiredService<IEventProducer<GenericRecord>>().ProduceAsync(record, cancellationToken: _patience);
        await host.Services.GetRequiredService<IEventProducer<VendorJsonTests.VendorOrder>>().ProduceAsync(new VendorJsonTests.VendorOrder { Id = "J1" }, cancellationToken: _patience);
        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience);
        await host.Services.WaitUntilCaughtUpAsync("billing", _patience);

        Assert.Equal(["A1", "J1"], _handled.Select(static handled => (string)handled).Order(StringComparer.Ordinal));
        await host.StopAsync(_patience);
    }

    private void Consume(IServiceCollection services, Action<EventConsumerBuilder> configure) => services.AddEventConsumer("orders", "inventory", c =>
    {
        c.UseJsonSchema(OrdersJson.Default).Handle((Order order, CancellationToken _) => Note(order));
        configure(c);
    });

    private ValueTask Note(object handled)
    {
        _handled.Enqueue(handled);
        return ValueTask.CompletedTask;
    }

    private async Task ProduceAsync(IHost host, byte id, string json) =>
        await host.Services.GetRequiredService<IEventProducer<byte[]>>().ProduceAsync([0, 0, 0, 0, id, .. System.Text.Encoding.UTF8.GetBytes(json)], cancellationToken: _patience);

    private static void Configure(SchemaRegistryOptions options)
    {
        options.UnknownTtl = TimeSpan.FromMilliseconds(100);
        options.RequestTimeout = TimeSpan.FromSeconds(20);
        options.TimeBudget = TimeSpan.FromSeconds(20);
    }

    private Task<IHost> StartAsync(Action<IServiceCollection> configure) => StartWithAsync(services =>
    {
        services.AddSchemaRegistry("SchemaRegistry", Configure);
        configure(services);
        services.UseEmbeddedSchemaRegistry(_registry);
    });

    private async Task<IHost> StartWithAsync(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Services.AddEventDriven("Kafka", static options => options.WhenUnreachable = UnreachableAction.Wait);
        configure(builder.Services);
        builder.Services.AddEventRecorder();
        builder.Services.UseEmbeddedKafka(_kafka);
        var host = builder.Build();
        await host.StartAsync(_patience);
        return host;
    }
}
