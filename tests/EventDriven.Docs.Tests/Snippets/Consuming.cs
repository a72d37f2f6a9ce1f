using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Consuming
{
    public static void Register(IServiceCollection services)
    {
        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory");

        services.AddEventConsumer<OrderPlaced, ReserveStock>(["orders", "orders-eu"], group: "inventory-2", c => c
            .InKeyOrder(maxConcurrency: 256)
            .StartAt(StartPosition.Latest));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory-in-order", c => c
            .InKeyOrder(maxConcurrency: 64)
            .OnFailure(f => f
                .Retry(2, TimeSpan.FromMilliseconds(200))
                .ThenRetryTopics("5s", "1m", "10m").KeepKeyOrder()
                .ThenDeadLetter()));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("^orders\\.", group: "all-regions", c => c
            .Configure(options => options.TopicRefreshInterval = TimeSpan.FromSeconds(10)));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "replay", c => c
            .StartAt(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero))
            .StartAt("orders", partition: 0, offset: 12_345));

        services.AddEventConsumer("orders", group: "billing", c => c
            .Handle<OrderPlaced, ReserveStock>()
            .Handle<OrderCancelled, CancelOrder>()
            .EventType<OrderPlaced>("com.example.order-placed")
            .EventType<OrderCancelled>("com.example.order-cancelled")
            .FilterUnknown("com.example.order-viewed"));

        services.AddEventConsumer("legacy-orders", group: "billing-legacy", c => c
            .Handle<OrderPlaced, ReserveStock>()
            .Handle<OrderCancelled, CancelOrder>()
            .ResolveType(context => context.Headers.GetText("kind") switch
            {
                "placed" => typeof(OrderPlaced),
                "cancelled" => typeof(OrderCancelled),
                _ => null,
            }));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory-3", c => c
            .HandleTombstone<OrderPlaced, ForgetOrder>());

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory-4", c => c
            .Key<OrderKey>(k => k.UseJson(OrdersJson.Default)));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "reports", c => c
            .Configure(options =>
            {
                options.MaxBufferedBytes = 16 * 1024 * 1024;
                options.DrainTimeout = TimeSpan.FromSeconds(5);
                options.WhenExpired = ExpiredEventsAction.Stop;
            })
            .ConfigureClient(client => client.ClientRack = "zone-a"));
    }

    public static void Retry(IServiceProvider services)
    {
        var inventory = services.GetRequiredKeyedService<IEventConsumerControl>("inventory");
        inventory.Retry();     // tries stopped partitions again
    }

    public static async Task ControlAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var control = services.GetRequiredKeyedService<IEventConsumerControl>("inventory");
        control.Pause();                                 // starts no further events; stays in the group and keeps its partitions
        control.Resume();
        control.Pause("orders", partition: 3);           // the others go on
        control.Resume("orders", partition: 3);
        await control.SeekAsync("orders", partition: 3, offset: 12_000, cancellationToken);
        await control.StopAsync(cancellationToken);      // this consumer only; others take over its partitions
        control.Start();

        foreach (var partition in control.Status.Partitions)
        {
            Console.WriteLine($"{partition}: position {partition.Position}, lag {partition.Lag}, {partition.InFlight} in handlers");
        }
    }
}

internal sealed class ForgetOrder(InventoryDb db) : ITombstoneHandler<OrderPlaced>
{
    public async ValueTask HandleTombstoneAsync(EventContext context, CancellationToken cancellationToken) =>
        await db.ForgetAsync(context.GetKey<string>(), cancellationToken);
}
