using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class CloudEvents
{
    public static void Register(IServiceCollection services)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .EventType("com.example.order-placed")
            .Configure(options => options.Source = "/shop/orders"));

        services.AddEventConsumer<byte[], ForwardEvent>("gateway", group: "forwarding", c => c
            .Configure(options => options.StructuredCloudEvents = StructuredCloudEvents.PassThrough));
    }
}

internal sealed class ForwardEvent : IEventHandler<byte[]>
{
    public ValueTask HandleAsync(byte[] @event, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
