using EventDriven;
using EventDriven.Kafka;
using EventDriven.Testing;
using EventDriven.Trimming;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Published with PublishTrimmed, and run: .ci/run does both. It uses what a service uses, so that what the trimmer takes away and should not makes it
// fail: registration, configuration, source-generated JSON and Avro, middleware, scoped handlers, retries. docs/trimming.md says what PublishAot does with it.
const int Orders = 100;
using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
using var kafka = EmbeddedKafka.Start();
kafka.CreateTopic("orders", partitions: 2);

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.Configuration.AddInMemoryCollection(
[
    new("Kafka:BootstrapServers", kafka.BootstrapServers),
    new("Kafka:Client:client.rack", "zone-a"),
    new("Kafka:Consumers:inventory:Ordering", "Key"),
    new("Kafka:Consumers:inventory:MaxConcurrency", "8"),
    new("Kafka:Consumers:inventory:CommitInterval", "00:00:00.100"),
    new("Kafka:Producers:orders:Linger", "00:00:00.001"),
]);
builder.AddEventDriven("Kafka");
builder.Services.UseEmbeddedKafka(kafka);
builder.Services.AddSingleton(new Stock(Orders));
builder.Services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.OrderId).UseJson(OrderJson.Default));
builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
    .UseJson(OrderJson.Default)
    .Use<CountMiddleware>()
    .OnFailure(f => f.Retry(2, TimeSpan.FromMilliseconds(1))));

using var host = builder.Build();
await host.StartAsync(deadline.Token);
var producer = host.Services.GetRequiredService<IEventProducer<OrderPlaced>>();
for (var i = 0; i < Orders; i++) await producer.ProduceAsync(new OrderPlaced($"order-{i}", i), deadline.Token);
var stock = host.Services.GetRequiredService<Stock>();
await stock.All.WaitAsync(deadline.Token);
await host.Services.WaitUntilCaughtUpAsync("inventory", deadline.Token);
var state = host.Services.GetRequiredKeyedService<IEventConsumerControl>("inventory").State;
await host.StopAsync(deadline.Token);

Console.WriteLine($"{stock.Reserved} orders handled and committed, {stock.Seen} seen by the middleware, consumer was {state}.");
return AvroCheck.Run() && stock is { Reserved: Orders, Seen: > Orders } && state == ConsumerState.Running ? 0 : 1;
