using System.Text.Json;
using System.Text.Json.Serialization;
using EventDriven;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Recipes
{
    public static void ReadWhatJavaWrites(IServiceCollection services)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,               // only where the Java side sets a naming strategy
            Converters = { new JsonStringEnumConverter() },                       // Jackson writes the names of enums
        };

        services.AddEventConsumer("orders", group: "inventory", c => c
            .UseJson(json)
            .Handle<OrderPlaced, ReserveStock>()
            .Handle<OrderCancelled, CancelOrder>()
            .ResolveType(context => context.Headers.GetText("__TypeId__") switch   // the header of Spring's JsonSerializer
            {
                "com.example.orders.OrderPlaced" => typeof(OrderPlaced),
                "com.example.orders.OrderCancelled" => typeof(OrderCancelled),
                _ => null,                                                        // unknown: a failure, never skipped
            }));

        services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseJson(json)
            .KeyedBy(order => order.OrderId)
            .WithoutCloudEvents());                                               // only where a reader can't live with further headers
    }
}
