using System.Text.Json.Serialization;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Trimming
{
    public static void Register(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(e => e.OrderId).UseJson(OrderJson.Default));
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c.UseJson(OrderJson.Default));
    }
}

[JsonSerializable(typeof(OrderPlaced))]
internal sealed partial class OrderJson : JsonSerializerContext;
