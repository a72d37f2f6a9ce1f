using Avro.Generic;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Contracts;
using EventDriven;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using EventDriven.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using V1 = Contracts.Version1;
using V2 = Contracts.Version2;

// dotnet run --project samples/Contracts      on a Kafka and a schema registry inside this process; nothing to install. Ends by itself, in a few seconds.
//
// A shop writes OrderPlaced as Avro, billing reads it, and an audit of another team reads it with the client vendor's own deserializer. The event changes under all
// of them: first billing is deployed in version 2, then the shop. A careless change is refused by a unit test's check, and by the registry. In the end the same in JSON:
// a service that still writes with the vendor's serializer, and one that has moved, on one topic.
const string Orders = "orders";
const string Refunds = "refunds";

await using var kafka = EmbeddedKafka.Start();
kafka.CreateTopic(Orders, partitions: 2);
kafka.CreateTopic(Refunds, partitions: 1);
await using var registry = await EmbeddedSchemaRegistry.StartAsync();
using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registry.Url });
var story = new Story();
var (billed, audited, refunded) = (new Ledger(), new Ledger(), new Ledger());

story.Tell("The audit of another team reads 'orders' with the vendor's deserializer, as generic records.");
using var audit = await DeployAsync(services => services.AddEventConsumer(Orders, "audit", c => c
    .Deserialize(with: new AvroDeserializer<GenericRecord>(client))
    .Handle((GenericRecord order, EventContext _, CancellationToken _) =>
    {
        audited.Add(string.Join(", ", order.Schema.Fields.Select(field => field.Name)));
        return ValueTask.CompletedTask;
    })));

story.Tell("Version 1 of shop and billing. The shop registers its schema, since this is development.");
using var shop = await DeployAsync(services => services.AddEventProducer<V1.OrderPlaced>(Orders, p => p.KeyedBy(order => order.OrderId).UseAvro()));
using var billing = await DeployAsync(services => services.AddEventConsumer(Orders, "billing", c => c.UseAvro()
    .Handle((V1.OrderPlaced order, EventContext _, CancellationToken _) =>
    {
        billed.Add($"{order.OrderId}: {order.Total} (billing 1)");
        return ValueTask.CompletedTask;
    })));
var sell = shop.Services.GetRequiredService<IEventProducer<V1.OrderPlaced>>();
await sell.ProduceAsync(new V1.OrderPlaced("order-1", 9.95m));
await sell.ProduceAsync(new V1.OrderPlaced("order-2", 19.90m));
await billed.WaitAsync(2);

story.Tell("Somebody renames without an alias, and adds without a default. The check that runs as a unit test, offline:");
var approved = Directory.CreateTempSubdirectory("contracts-").FullName;
EventContracts.Verify(shop.Services.GetEventContracts(), options => (options.Directory, options.Approve) = (approved, true));
using (var careless = Build(services => services.AddEventProducer<Contracts.Careless.OrderPlaced>(Orders, p => p.UseAvro())))
{
    try
    {
        EventContracts.Verify(careless.Services.GetEventContracts(), options => (options.Directory, options.Approve) = (approved, true));
    }
    catch (EventContractException refused)
    {
        foreach (var problem in refused.Problems) story.Tell($"    {problem.Path}: {problem.Message}");
    }

    try
    {
        await careless.Services.GetRequiredService<IEventProducer<Contracts.Careless.OrderPlaced>>().ProduceAsync(new Contracts.Careless.OrderPlaced("order-0", 1m, "web"));
    }
    catch (EventProduceException refused)
    {
        story.Tell($"    and the registry, had nobody run the test: refused ({refused.Reason}). Nothing was sent.");
    }
}

story.Tell("Version 2 has an alias and a default. Billing goes first: it must read what the shop still writes.");
await billing.StopAsync();
using var billing2 = await DeployAsync(services => services.AddEventConsumer(Orders, "billing", c => c.UseAvro()
    .Handle((V2.OrderPlaced order, EventContext _, CancellationToken _) =>
    {
        billed.Add($"{order.OrderId}: {order.Amount} {order.Currency} (billing 2)");
        return ValueTask.CompletedTask;
    })));
await sell.ProduceAsync(new V1.OrderPlaced("order-3", 29.85m));
await billed.WaitAsync(3);

story.Tell("Then the shop, one instance after the other: both versions write to one topic for a while.");
using var shop2 = await DeployAsync(services => services.AddEventProducer<V2.OrderPlaced>(Orders, p => p.KeyedBy(order => order.OrderId).UseAvro()));
EventContracts.Verify(shop2.Services.GetEventContracts(), options => (options.Directory, options.Approve) = (approved, true));
await shop2.Services.GetRequiredService<IEventProducer<V2.OrderPlaced>>().ProduceAsync(new V2.OrderPlaced("order-4", 39.80m, "CHF"));
await sell.ProduceAsync(new V1.OrderPlaced("order-5", 49.75m));
await billed.WaitAsync(5);
await audited.WaitAsync(5);
foreach (var line in billed.Lines.Order(StringComparer.Ordinal)) story.Tell($"    billed {line}");
story.Tell($"The audit saw {audited.Lines.Count} events: {string.Join("; ", audited.Lines.GroupBy(fields => fields).Select(same => $"{same.Count()} with {same.Key}"))}.");

story.Tell("In JSON, two services on one topic: one still has the vendor's serializers, one has moved. The schema was registered by whoever came first.");
registry.Register($"{Refunds}-value", """{"$schema":"http://json-schema.org/draft-07/schema#","title":"Refund","type":"object","properties":{"orderId":{"type":"string"},"cents":{"type":"integer"}},"required":["orderId","cents"]}""", "JSON");
var latest = new JsonSerializerConfig { AutoRegisterSchemas = false, UseLatestVersion = true };
using var old = await DeployAsync(services =>
{
    services.AddEventProducer<Refund>(Refunds, p => p.KeyedBy(refund => refund.OrderId).Serialize(with: new JsonSerializer<Refund>(client, latest)));
    services.AddEventConsumer(Refunds, "refunds-old", c => c.Deserialize(with: new JsonDeserializer<Refund>(client))
        .Handle((Refund refund, EventContext _, CancellationToken _) => Refunded("the vendor's", refund)));
});
using var moved = await DeployAsync(services =>
{
    services.AddEventProducer<Refund>(Refunds, p => p.KeyedBy(refund => refund.OrderId).UseJsonSchema(options => (options.UseLatestVersion, options.LatestCompatibilityStrict) = (true, false)));
    services.AddEventConsumer(Refunds, "refunds-moved", c => c.UseJsonSchema(options => options.ValidateOnRead = true)
        .Handle((Refund refund, EventContext _, CancellationToken _) => Refunded("ours", refund)));
});
await old.Services.GetRequiredService<IEventProducer<Refund>>().ProduceAsync(new Refund { OrderId = "order-1", Cents = 995 });
await moved.Services.GetRequiredService<IEventProducer<Refund>>().ProduceAsync(new Refund { OrderId = "order-2", Cents = 1990 });
await refunded.WaitAsync(4);
foreach (var line in refunded.Lines.Order(StringComparer.Ordinal)) story.Tell($"    {line}");

foreach (var host in (IHost[])[shop, shop2, billing2, audit, old, moved]) await host.StopAsync();
Directory.Delete(approved, recursive: true);
story.Tell($"{billed.Lines.Count} orders billed, by two versions of billing, of two versions of the shop. None was lost, and none had to wait for a deployment.");
return billed.Lines.Count == 5 && billed.Lines.Contains("order-1: 9.95 (billing 1)") && billed.Lines.Contains("order-3: 29.85 EUR (billing 2)") && billed.Lines.Contains("order-4: 39.80 CHF (billing 2)")
    && audited.Lines.Count == 5 && refunded.Lines.Count == 4 ? 0 : 1;

ValueTask Refunded(string reader, Refund refund)
{
    refunded.Add($"{refund.OrderId}: {refund.Cents} cents, read by {reader}");
    return ValueTask.CompletedTask;
}

async Task<IHost> DeployAsync(Action<IServiceCollection> register)
{
    var host = Build(register);
    await host.StartAsync();
    return host;
}

IHost Build(Action<IServiceCollection> register)
{
    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
    builder.Logging.SetMinimumLevel(LogLevel.Error);
    builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", kafka.BootstrapServers), new("SchemaRegistry:Urls", registry.Url)]);
    builder.AddEventDriven("Kafka");
    builder.AddSchemaRegistry("SchemaRegistry");
    builder.Services.UseEmbeddedKafka(kafka);
    register(builder.Services);
    return builder.Build();
}
