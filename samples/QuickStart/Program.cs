using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven;
using EventDriven.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QuickStart;

// dotnet run --project samples/QuickStart                                       on a Kafka inside this process; nothing to install
// dotnet run --project samples/QuickStart -- --bootstrap-servers HOST:PORT      on your own
// … -- --forever                                                                keeps handling until Ctrl+C, produces nothing
const string Topic = "orders";
const string Group = "inventory";
const int Orders = 50;
const int StepsPerOrder = 20;

var forever = args.Contains("--forever");
var bootstrapServers = args.SkipWhile(argument => argument != "--bootstrap-servers").Skip(1).FirstOrDefault();
await using var embedded = bootstrapServers is null ? EmbeddedKafka.Start() : null;
if (embedded is not null)
{
    embedded.CreateTopic(Topic, partitions: 4);
    bootstrapServers = embedded.BootstrapServers;
}
else
{
    await CreateTopicAsync(bootstrapServers!);
}

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", bootstrapServers)]);

builder.AddEventDriven("Kafka");
if (embedded is not null) builder.Services.UseEmbeddedKafka(embedded);
builder.Services.AddSingleton<Progress>();
builder.Services.AddEventProducer<OrderPlaced>(Topic, p => p.KeyedBy(order => order.OrderId));
builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>(Topic, group: Group, c => c
    .InKeyOrder(maxConcurrency: 64)
    .Use<AuditMiddleware>()
    .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));

using var host = builder.Build();
var progress = host.Services.GetRequiredService<Progress>();
if (forever)
{
    Console.WriteLine($"Handling '{Topic}' from {bootstrapServers} until Ctrl+C.");
    await host.RunAsync();
    return 0;
}

progress.Expected = Orders * StepsPerOrder;
await host.StartAsync();
var producer = host.Services.GetRequiredService<IEventProducer<OrderPlaced>>();
for (var step = 1; step <= StepsPerOrder; step++)
{
    await Task.WhenAll(Enumerable.Range(1, Orders).Select(order => producer.ProduceAsync(new OrderPlaced($"order-{order}", step, order * 9.95m))));
}

Console.WriteLine($"produced {Orders * StepsPerOrder} events of {Orders} orders, each acknowledged by the broker");
await progress.All.WaitAsync(TimeSpan.FromSeconds(60));
await host.StopAsync();

Console.WriteLine($"handled {progress.HandledCount} events of {progress.Orders} orders, {progress.OutOfOrder} out of order within their order");
foreach (var position in Committed(bootstrapServers!))
{
    Console.WriteLine($"committed by group '{Group}': {position.Topic}[{position.Partition.Value}] at offset {position.Offset.Value}");
}

return progress.OutOfOrder == 0 ? 0 : 1;

static async Task CreateTopicAsync(string bootstrapServers)
{
    using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
    try
    {
        await admin.CreateTopicsAsync([new TopicSpecification { Name = Topic, NumPartitions = 4, ReplicationFactor = -1 }]);
    }
    catch (CreateTopicsException exception) when (exception.Results.TrueForAll(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
    {
        Console.WriteLine($"The topic '{Topic}' is there already.");
    }
}

static List<TopicPartitionOffset> Committed(string bootstrapServers)
{
    using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = Group }).Build();
    return reader.Committed([.. Enumerable.Range(0, 4).Select(partition => new TopicPartition(Topic, partition))], TimeSpan.FromSeconds(10));
}
