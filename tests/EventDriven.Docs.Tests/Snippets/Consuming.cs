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
            .EventType<OrderCancelled>("com.example.order-cancelled"));

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
