using EventDriven;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Readme
{
    public static async Task RunAsync(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);

        builder.AddEventDriven("Kafka");                      // a cluster: the configuration section "Kafka"

        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.OrderId));

        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .InKeyOrder(maxConcurrency: 64)                   // or InPartitionOrder() (the default), or Unordered(64)
            .Use<TenantMiddleware>()
            .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));

        await builder.Build().RunAsync();
    }
}

internal sealed class ReserveStock(InventoryDb db) : IEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken)
    {
        await db.ReserveAsync(order.OrderId, cancellationToken);
    }
}
