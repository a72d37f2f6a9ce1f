using System.Net;
using System.Net.Http.Json;
using EventDriven;
using EventDriven.Testing;
using Orders.Api;
using Orders.Data;

namespace Orders.Running;

/// <summary>A scripted scenario: what a client of the service sees, step by step.</summary>
public static class Demo
{
    private static readonly string Database = Path.Combine(Path.GetTempPath(), $"orders-demo-{Guid.NewGuid():N}.db");

    /// <summary>Quiet, with a database of its own, and test traffic dropped as in production.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> Settings { get; } =
    [
        new("ConnectionStrings:Orders", $"Data Source={Database};Pooling=False"),
        new("Logging:LogLevel:Default", "None"),
        new("Logging:LogLevel:Microsoft", "None"),
        new("Logging:LogLevel:Microsoft.Hosting.Lifetime", "None"),
        new("Telemetry:Console", "false"),
        new("TestTraffic:Drop", "true"),
        new("Kafka:Producers:orders:DeliveryTimeout", "00:00:02"),
    ];

    /// <returns>The exit code: 0 where everything went as it should.</returns>
    public static async Task<int> RunAsync(WebApplication app, EmbeddedKafka? kafka)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        app.Urls.Clear();
        app.Urls.Add("http://127.0.0.1:0");
        try
        {
            await app.StartAsync(patience.Token);
            using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            await PlayAsync(app, kafka, client, patience.Token);
            await app.StopAsync(patience.Token);
            Say("The service has stopped: what ran was finished and committed, and the groups were left.");
            return 0;
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or OperationCanceledException)
        {
            Console.WriteLine($"This went wrong: {exception.Message}");
            return 1;
        }
        finally
        {
            File.Delete(Database);
        }
    }

    private static async Task PlayAsync(WebApplication app, EmbeddedKafka? kafka, HttpClient client, CancellationToken patience)
    {
        Say($"The service runs at {client.BaseAddress}, on {(kafka is null ? "the configured Kafka" : "a Kafka inside this process")}.");
        await HealthAsync(client, HttpStatusCode.OK, patience);

        Say("Three customers place four orders each, at once. 202 means: the brokers have the event.");
        var run = Guid.NewGuid().ToString("N")[..6];
        string[] customers = [$"ada-{run}", $"bob-{run}", $"cleo-{run}"];
        await Task.WhenAll(customers.Select(customer => PlaceFourAsync(client, customer, patience)));

        Say("Two consumers handle them: one writes them to the database, one counts them for each customer, in order.");
        await CaughtUpAsync(app, patience);
        foreach (var customer in customers)
        {
            var notifications = await client.GetFromJsonAsync<List<Notification>>($"/customers/{customer}/notifications", patience) ?? [];
            Console.WriteLine($"  {customer} was told of {string.Join(", ", notifications.Select(static one => $"{one.OrderId[^1]} as number {one.Number}"))}");
            Expect(notifications.Select(static one => one.OrderId).SequenceEqual(Enumerable.Range(1, 4).Select(step => $"{customer}-{step}")), "the orders of a customer came in order");
        }

        Say("An event that is delivered again changes nothing: the same order is produced once more.");
        var order = new OrderPlaced($"{customers[0]}-1", customers[0], 10);
        await app.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceAsync(order, patience);
        await CaughtUpAsync(app, patience);
        var told = await client.GetFromJsonAsync<List<Notification>>($"/customers/{customers[0]}/notifications", patience);
        Console.WriteLine($"  {customers[0]} was told of {told!.Count} orders");
        Expect(told.Count == 4, "a repeated event is handled once");

        Say("Test traffic is dropped on purpose by a middleware, and committed.");
        await PlaceAsync(client, new PlaceOrder(customers[0], 1, $"{customers[0]}-test"), HttpStatusCode.Accepted, patience, testTraffic: true);
        await CaughtUpAsync(app, patience);
        var found = await client.GetAsync($"/orders/{customers[0]}-test", patience);
        Console.WriteLine($"  GET /orders/{customers[0]}-test: {(int)found.StatusCode} {found.StatusCode}");
        Expect(found.StatusCode == HttpStatusCode.NotFound, "a dropped event is not in the database");

        if (kafka is not null) await BreakAsync(app, kafka, client, customers[1], patience);
    }

    private static async Task BreakAsync(WebApplication app, EmbeddedKafka kafka, HttpClient client, string customer, CancellationToken patience)
    {
        Say("The broker goes away. The service says so, to clients and to whoever looks at its health, and goes on waiting.");
        kafka.Faults.StopBrokers();
        await PlaceAsync(client, new PlaceOrder(customer, 50, $"{customer}-5"), HttpStatusCode.ServiceUnavailable, patience);
        await HealthAsync(client, HttpStatusCode.ServiceUnavailable, patience);

        Say("The broker comes back. Nothing has to be restarted; the client sends its order again, with the same id.");
        kafka.Faults.StartBrokers();
        await PlaceAsync(client, new PlaceOrder(customer, 50, $"{customer}-5"), HttpStatusCode.Accepted, patience);
        await CaughtUpAsync(app, patience);
        var told = await client.GetFromJsonAsync<List<Notification>>($"/customers/{customer}/notifications", patience);
        Console.WriteLine($"  {customer} was told of {told!.Count} orders");
        Expect(told.Count == 5, "the order was handled once");

        Say("Its health is green again once the client has met no error for 15 seconds.");
        await HealthAsync(client, HttpStatusCode.OK, patience);
    }

    private static async Task PlaceFourAsync(HttpClient client, string customer, CancellationToken patience)
    {
        for (var step = 1; step <= 4; step++)
        {
            await PlaceAsync(client, new PlaceOrder(customer, step * 10, $"{customer}-{step}"), HttpStatusCode.Accepted, patience);
        }
    }

    private static async Task PlaceAsync(HttpClient client, PlaceOrder order, HttpStatusCode expected, CancellationToken patience, bool testTraffic = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(order) };
        if (testTraffic) request.Headers.Add("test-traffic", "demo");
        using var response = await client.SendAsync(request, patience);
        Console.WriteLine($"  POST /orders {order.OrderId}: {(int)response.StatusCode} {response.StatusCode}");
        if (!response.IsSuccessStatusCode) Console.WriteLine($"    {await response.Content.ReadAsStringAsync(patience)}");
        Expect(response.StatusCode == expected, $"POST /orders answers {(int)expected}");
    }

    private static async Task HealthAsync(HttpClient client, HttpStatusCode expected, CancellationToken patience)
    {
        while (true)
        {
            using var response = await client.GetAsync("/health/ready", patience);
            if (response.StatusCode == expected)
            {
                Console.WriteLine($"  GET /health/ready: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(patience)}");
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), patience);
        }
    }

    private static Task CaughtUpAsync(WebApplication app, CancellationToken patience) => Task.WhenAll(
        app.Services.WaitUntilCaughtUpAsync("order-book", patience), app.Services.WaitUntilCaughtUpAsync("notifications", patience));

    private static void Say(string what)
    {
        Console.WriteLine();
        Console.WriteLine(what);
    }

    private static void Expect(bool isSo, string what)
    {
        if (!isSo) throw new InvalidOperationException($"it was expected that {what}.");
    }
}
