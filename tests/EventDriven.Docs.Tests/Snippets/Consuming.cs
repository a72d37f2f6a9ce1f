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

    public static void Control(IServiceProvider services)
    {
        var inventory = services.GetRequiredKeyedService<IEventConsumerControl>("inventory");
        inventory.Pause();     // starts no further events; stays in the group and keeps its partitions
        inventory.Resume();
        inventory.Retry();     // tries stopped partitions again
    }
}

internal sealed class ForgetOrder(InventoryDb db) : ITombstoneHandler<OrderPlaced>
{
    public async ValueTask HandleTombstoneAsync(EventContext context, CancellationToken cancellationToken) =>
        await db.ForgetAsync(context.GetKey<string>(), cancellationToken);
}
