using System.Net;
using System.Net.Http.Json;
using Confluent.Kafka;
using EventDriven;
using EventDriven.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orders.Api;
using Orders.Data;

namespace Orders.Tests;

/// <summary>The whole service: requests in, events out, what the consumers made of them, and what clients and operators see when something fails.</summary>
public sealed class OrdersTests
{
    [Fact]
    public async Task Placing_an_order_produces_it_and_both_consumers_handle_it()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();

        var response = await client.PostAsJsonAsync("/orders", new PlaceOrder("ada", 9.95m, "A-1"), app.Patience);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("/orders/A-1", response.Headers.Location?.ToString());
        var produced = (await app.Events.ProducedAsync("orders", app.Patience)).ExpectOne((OrderPlaced order) => order.OrderId == "A-1");
        Assert.Equal("ada", produced.KeyText);
        Assert.Equal("com.example.order-placed", produced.Headers.GetText("ce_type"));
        await app.Events.WaitUntilConsumedAsync("order-book", (OrderPlaced order) => order.OrderId == "A-1", app.Patience);
        await app.Events.WaitUntilConsumedAsync("notifications", (OrderPlaced order) => order.OrderId == "A-1", app.Patience);
        var stored = await client.GetFromJsonAsync<Order>("/orders/A-1", app.Patience);
        Assert.Equal(("ada", 9.95m, produced.Timestamp), (stored!.CustomerId, stored.Amount, stored.PlacedAt));
        Assert.Equal([("A-1", 1)], await NotificationsAsync(app, client, "ada"));
    }

    [Fact]
    public async Task An_order_that_comes_twice_is_kept_once()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();
        for (var i = 0; i < 2; i++) await OrdersApplication.PlaceAsync(client, new PlaceOrder("ada", 5, "A-1"));

        await app.Services.WaitUntilCaughtUpAsync("order-book", app.Patience);
        await app.Services.WaitUntilCaughtUpAsync("notifications", app.Patience);

        Assert.All(app.Events.Consumed("order-book"), consumed => Assert.Equal(EventOutcome.Handled, consumed.Outcome));
        Assert.Equal(2, app.Events.Consumed("order-book").Count);
        Assert.Equal([("A-1", 1)], await NotificationsAsync(app, client, "ada"));
    }

    [Fact]
    public async Task The_orders_of_a_customer_are_numbered_in_their_order()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();
        string[] customers = ["ada", "bob", "cleo"];
        await Task.WhenAll(customers.Select(async customer =>
        {
            for (var number = 1; number <= 5; number++) await OrdersApplication.PlaceAsync(client, new PlaceOrder(customer, number, $"{customer}-{number}"));
        }));

        await app.Services.WaitUntilCaughtUpAsync("notifications", app.Patience);

        app.Events.Consumed("notifications").ExpectKeyOrder();
        app.Events.Consumed("notifications").ExpectKeyOrder((OrderPlaced order) => order.Amount);
        Assert.Equal(Enumerable.Range(1, 5).Select(number => ($"bob-{number}", number)), await NotificationsAsync(app, client, "bob"));
    }

    [Fact]
    public async Task Test_traffic_is_dropped_in_production()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();
        client.DefaultRequestHeaders.Add("test-traffic", "yes");
        await OrdersApplication.PlaceAsync(client, new PlaceOrder("ada", 5, "A-1"));

        var dropped = await app.Events.WaitUntilConsumedAsync("order-book", (OrderPlaced order) => order.OrderId == "A-1", app.Patience);

        Assert.Equal(EventOutcome.Filtered, dropped.Outcome);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/orders/A-1", app.Patience)).StatusCode);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_tried_again()
    {
        var clock = new FakeTimeProvider();
        var failOnce = new FailOnce();
        await using var app = new OrdersApplication(services => services
            .AddSingleton<TimeProvider>(clock)
            .ConfigureDbContext<OrdersDb>(options => options.AddInterceptors(failOnce)));
        using var client = app.CreateClient();
        await OrdersApplication.PlaceAsync(client, new PlaceOrder("ada", 5, "A-1"));

        await app.Events.WaitUntilBackingOffAsync("order-book", app.Patience);
        Assert.Empty(app.Events.Consumed("order-book"));
        clock.Advance(TimeSpan.FromMinutes(1));

        var handled = await app.Events.WaitUntilConsumedAsync("order-book", (OrderPlaced order) => order.OrderId == "A-1", app.Patience);
        Assert.Equal((EventOutcome.Handled, 2), (handled.Outcome, handled.Attempts));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/orders/A-1", app.Patience)).StatusCode);
    }

    [Fact]
    public async Task An_event_that_can_not_be_read_turns_the_health_red_and_says_where()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live", app.Patience)).StatusCode);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = app.Kafka.BootstrapServers }).Build())
        {
            await producer.ProduceAsync(new TopicPartition("orders", 1), new Message<Null, string> { Value = "no order" }, app.Patience);
        }

        var failed = await app.Events.WaitUntilConsumedAsync("order-book", (ConsumedEvent one) => one.Partition == 1, app.Patience);

        Assert.Equal(EventOutcome.Failed, failed.Outcome);
        Assert.IsType<EventSerializationException>(failed.Error);
        var health = await client.GetAsync("/health/ready", app.Patience);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Contains("orders[1] is stopped at offset 0", await health.Content.ReadAsStringAsync(app.Patience), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live", app.Patience)).StatusCode);
    }

    [Fact]
    public async Task A_client_is_told_that_the_brokers_refuse_its_order_and_may_send_it_again()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();
        app.Kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.MessageTooLarge);

        var refused = await client.PostAsJsonAsync("/orders", new PlaceOrder("ada", 5, "A-1"), app.Patience);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("The order was not placed.", await refused.Content.ReadAsStringAsync(app.Patience), StringComparison.Ordinal);
        await OrdersApplication.PlaceAsync(client, new PlaceOrder("ada", 5, "A-1"));
        await app.Events.WaitUntilConsumedAsync("order-book", (OrderPlaced order) => order.OrderId == "A-1", app.Patience);
    }

    [Fact]
    public async Task An_order_without_a_customer_or_amount_is_refused()
    {
        await using var app = new OrdersApplication();
        using var client = app.CreateClient();

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("/orders", new PlaceOrder(" ", 5), app.Patience)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("/orders", new PlaceOrder("ada", 0), app.Patience)).StatusCode);
        Assert.Empty(await app.Events.ProducedAsync("orders", app.Patience));
    }

    private static async Task<IEnumerable<(string, int)>> NotificationsAsync(OrdersApplication app, HttpClient client, string customer) =>
        (await client.GetFromJsonAsync<List<Notification>>($"/customers/{customer}/notifications", app.Patience))!.Select(one => (one.OrderId, one.Number));
}
