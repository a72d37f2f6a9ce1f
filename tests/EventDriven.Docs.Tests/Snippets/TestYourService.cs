using EventDriven;
using EventDriven.Kafka;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Docs.Tests.Snippets.TestYourService;

internal sealed record OrderPlaced(string OrderId, string CustomerId, int Number);

internal sealed record OrderConfirmed(string OrderId, string CustomerId);

internal interface IStock
{
    Task ReserveAsync(string orderId, CancellationToken cancellationToken);
}

internal sealed class Stock : IStock
{
    public Task ReserveAsync(string orderId, CancellationToken cancellationToken) => throw new InvalidOperationException("Not in tests.");
}

internal static class InventoryService
{
    public static void AddInventory(this IHostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.Services.AddSingleton<IStock, Stock>();
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.CustomerId));
        builder.Services.AddEventProducer<OrderConfirmed>("confirmations", p => p.KeyedBy(confirmed => confirmed.CustomerId));
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .InKeyOrder(maxConcurrency: 16)
            .Use<TestTraffic>()
            .OnFailure(f => f.Retry(3, TimeSpan.FromSeconds(30))));
    }
}

internal sealed class ReserveStock(IStock stock, IEventProducer<OrderConfirmed> confirmations) : IEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken)
    {
        await stock.ReserveAsync(order.OrderId, cancellationToken);
        await confirmations.ProduceAsync(new OrderConfirmed(order.OrderId, order.CustomerId), cancellationToken);
    }
}

internal sealed class TestTraffic : IEventMiddleware
{
    public ValueTask InvokeAsync(EventContext context, EventDelegate next)
    {
        if (context.Headers.GetText("test-traffic") is null) return next(context);

        context.Filter("test traffic");
        return ValueTask.CompletedTask;
    }
}

public sealed class TestTrafficTests
{
    [Fact]
    public async Task Test_traffic_never_reaches_the_handler()
    {
        var context = new EventContextBuilder()
            .From("orders", partition: 2, offset: 41)
            .WithKey("ada")
            .WithHeader("test-traffic", "yes")
            .Build();

        await new TestTraffic().InvokeAsync(context, _ => throw new InvalidOperationException("The handler was reached."));

        Assert.Equal("test traffic", context.FilterReason);
    }
}

public sealed class InventoryTests
{
    private readonly CancellationToken _patience = new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    [Fact]
    public async Task Each_order_is_confirmed_and_those_of_a_customer_in_order()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 3);
        kafka.CreateTopic("confirmations", partitions: 3);
        var builder = Host.CreateApplicationBuilder();
        builder.AddInventory();                                                  // the service as it is
        builder.Services.UseEmbeddedKafka(kafka).AddEventRecorder();             // what the test changes
        builder.Services.AddSingleton<IStock, FakeStock>();
        using var host = builder.Build();
        await host.StartAsync(_patience);
        var orders = host.Services.GetRequiredService<IEventProducer<OrderPlaced>>();
        var events = host.Services.GetRequiredService<EventRecorder>();

        for (var number = 1; number <= 3; number++)
        {
            await orders.ProduceAsync(new OrderPlaced($"A-{number}", "ada", number), _patience);
            await orders.ProduceAsync(new OrderPlaced($"B-{number}", "bob", number), _patience);
        }

        await host.Services.WaitUntilCaughtUpAsync("inventory", _patience);      // all handled and committed

        var handled = events.Consumed("inventory");
        handled.ExpectKeyOrder();
        Assert.All(handled, one => Assert.Equal((EventOutcome.Handled, 1), (one.Outcome, one.Attempts)));
        var produced = await events.ProducedAsync("confirmations", _patience);
        Assert.Equal(6, produced.Count);
        var confirmed = produced.ExpectOne((OrderConfirmed one) => one.OrderId == "A-2");
        Assert.Equal("ada", confirmed.KeyText);
        await host.StopAsync(_patience);
    }

    [Fact]
    public async Task Stock_that_does_not_answer_is_asked_again_and_a_lost_acknowledgement_confirms_no_less()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 3);
        kafka.CreateTopic("confirmations", partitions: 3);
        var clock = new FakeTimeProvider();
        var builder = Host.CreateApplicationBuilder();
        builder.AddInventory();
        builder.Services.UseEmbeddedKafka(kafka).AddEventRecorder();
        builder.Services.AddSingleton<IStock>(new FakeStock { FailuresToCome = 1 });
        builder.Services.AddSingleton<TimeProvider>(clock);                      // time stands still unless the test moves it
        using var host = builder.Build();
        await host.StartAsync(_patience);
        var orders = host.Services.GetRequiredService<IEventProducer<OrderPlaced>>();
        var events = host.Services.GetRequiredService<EventRecorder>();
        await orders.ProduceAsync(new OrderPlaced("A-1", "ada", 1), _patience);

        await events.WaitUntilBackingOffAsync("inventory", _patience);           // the first attempt has failed
        kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.NotEnoughReplicas, times: 2);
        clock.Advance(TimeSpan.FromMinutes(1));                                  // the retry comes at once

        var handled = await events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order.OrderId == "A-1", _patience);
        Assert.Equal((EventOutcome.Handled, 2), (handled.Outcome, handled.Attempts));
        await events.WaitUntilProducedAsync("confirmations", (OrderConfirmed one) => one.OrderId == "A-1", _patience);
        await host.StopAsync(_patience);
    }

    private sealed class FakeStock : IStock
    {
        private int _failures;

        public int FailuresToCome { get; init; }

        public Task ReserveAsync(string orderId, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _failures) <= FailuresToCome ? throw new TimeoutException("The stock does not answer.") : Task.CompletedTask;
    }
}

internal static class Waiting
{
    public static async Task RunAsync(EventRecorder events, CancellationToken patience)
    {
        var failed = await events.WaitUntilConsumedAsync("inventory", (ConsumedEvent one) => one.Outcome == EventOutcome.Failed, patience);
        Console.WriteLine($"{failed}");

        (await events.ProducedAsync("confirmations", patience)).ExpectKeyOrder((OrderPlaced order) => order.Number);
        (await events.ProducedAsync("confirmations", patience)).ExpectNone((OrderConfirmed one) => one.CustomerId == "mallory");
    }
}
