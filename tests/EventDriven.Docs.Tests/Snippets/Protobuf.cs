using EventDriven.Kafka;
using EventDriven.SchemaRegistry.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Shop;

namespace EventDriven.Docs.Tests.ProtobufSnippets;

internal static class Protobuf
{
    public static void Use(IServiceCollection services)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .KeyedBy(order => order.Id)
            .UseProtobuf());

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .UseProtobuf());
    }

    public static void Several(IServiceCollection services)
    {
        services.AddEventConsumer("orders", group: "billing", c => c
            .UseProtobuf()
            .Handle<OrderPlaced, ReserveStock>()
            .Handle<OrderCancelled, RefundOrder>()
            .FilterUnknown("shop.Audit"));

        services.AddEventConsumer<OrderCancelled, RefundOrder>("orders", group: "refunds", c => c
            .UseProtobuf(options => options.AddAlias<OrderCancelled>("shop.v1.OrderCancelled")));

        services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseProtobuf(options => options.UseParser(OrderPlaced.Parser)));
    }

    private sealed class ReserveStock : IEventHandler<OrderPlaced>
    {
        public ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class RefundOrder : IEventHandler<OrderCancelled>
    {
        public ValueTask HandleAsync(OrderCancelled order, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
