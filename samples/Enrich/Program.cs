using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Enrich;
using EventDriven;
using EventDriven.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// dotnet run --project samples/Enrich                                             on a Kafka that is started from the distribution in KAFKA_HOME
// dotnet run --project samples/Enrich -- --bootstrap-servers localhost:9092       on one that runs
//
// A service reads orders, joins them with their customers, and writes a total for each, in transactions. It is killed twice in the middle of its work, and started again each
// time. In the end each order has one total: none is missing, none is there twice. Ends by itself, in about half a minute (longer where brokers keep their default session timeout).
const int Orders = 6_000;
const int Partitions = 4;
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

if (Option("--service-of") is { } ofRun)
{
    await Service.RunAsync(Option("--bootstrap-servers")!, ofRun);
    return 0;
}

var kafkaHome = Environment.GetEnvironmentVariable("KAFKA_HOME");
if (Option("--bootstrap-servers") is null && kafkaHome is null)
{
    Console.Error.WriteLine("Transactions need a real broker. Set KAFKA_HOME to an unpacked Kafka distribution (4.0 or later), or give one that runs: -- --bootstrap-servers localhost:9092");
    return 2;
}

using var broker = Option("--bootstrap-servers") is null ? await Broker.StartAsync(kafkaHome!) : null;
var bootstrapServers = broker?.BootstrapServers ?? Option("--bootstrap-servers")!;
var run = Guid.NewGuid().ToString("N")[..8];
var names = new Names(run);
var clock = Stopwatch.StartNew();
void Tell(string text) => Console.WriteLine($"{clock.Elapsed:mm\\:ss\\.f}  {text}");

using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build())
{
    await admin.CreateTopicsAsync([.. new[] { names.Orders, names.Customers, names.Totals }.Select(topic => new TopicSpecification { Name = topic, NumPartitions = Partitions })]);
}

var placed = await PlaceAsync();
Tell($"{Orders} orders of 50 customers are placed.");

using var totals = new Totals(bootstrapServers, names.Totals, Partitions);
foreach (var part in new[] { 1, 2 })
{
    using var killed = StartService();
    totals.ReadUntil(Orders * part / 3, TimeSpan.FromMinutes(3));
    killed.Kill();
    await killed.WaitForExitAsync();
    Tell($"{totals.Seen.Count} totals are there. The service is killed.");
}

using (var last = StartService())
{
    totals.ReadUntil(Orders, TimeSpan.FromMinutes(3));

    // What is there twice would come behind.
    totals.ReadUntil(int.MaxValue, TimeSpan.FromSeconds(3));
    last.Kill();
    await last.WaitForExitAsync();
}

var orders = totals.Seen.Select(total => total.Order).Distinct().Count();
Tell($"{totals.Seen.Count} totals of {orders} orders are there: {Orders - orders} missing, {totals.Seen.Count - orders} twice.");
var right = totals.Seen.Count == Orders && orders == Orders;
foreach (var country in placed.OrderBy(country => country.Key, StringComparer.Ordinal))
{
    var sum = totals.Seen.Where(total => total.Country == country.Key).Sum(total => total.Amount);
    right &= sum == country.Value;
    Tell($"{country.Key}: {sum} in the totals, {country.Value} in the orders");
}

Tell(right ? "All totals are right." : "The totals are WRONG.");
return right ? 0 : 1;

// The sum of the orders of each country.
async Task<Dictionary<string, decimal>> PlaceAsync()
{
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", bootstrapServers)]);
    builder.AddEventDriven("Kafka");
    builder.Services.AddEventProducer<Customer>(names.Customers, p => p.KeyedBy(customer => customer.Id));
    builder.Services.AddEventProducer<Order>(names.Orders, p => p.KeyedBy(order => order.Customer));
    using var host = builder.Build();
    await host.StartAsync();
    string[] countries = ["AT", "DE", "FR", "IT"];
    var sums = countries.ToDictionary(country => country, _ => 0m);
    await host.Services.GetRequiredService<IEventProducer<Customer>>().ProduceBatchAsync(Enumerable.Range(0, 50).Select(number => new Customer($"c-{number}", countries[number % 4])));
    await host.Services.GetRequiredService<IEventProducer<Order>>().ProduceBatchAsync(Enumerable.Range(0, Orders).Select(number =>
    {
        var order = new Order(number, $"c-{number % 50}", (number % 97) + 0.25m);
        sums[countries[number % 50 % 4]] += order.Amount;
        return order;
    }));
    await host.StopAsync();
    return sums;
}

Process StartService() => Process.Start(
    Environment.ProcessPath!,
    [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? new[] { typeof(Service).Assembly.Location } : [], "--service-of", run, "--bootstrap-servers", bootstrapServers]);
