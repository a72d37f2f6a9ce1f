using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using EventDriven.Kafka;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class SchemaRegistry
{
    public static void Start(HostApplicationBuilder builder)
    {
        builder.AddSchemaRegistry("SchemaRegistry");

        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p
            .KeyedBy(order => order.OrderId)
            .UseJsonSchema(OrdersJson.Default));

        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .UseJsonSchema(OrdersJson.Default));
    }

    public static void Register(IServiceCollection services, IConfiguration configuration, ISchemaRegistryClient ownClient, string schemaText)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseJsonSchema(options =>
            {
                options.Registry = "Audit";
                options.SubjectNaming = SubjectNaming.TopicRecord;
                options.UseLatestVersion = true;
            }));

        services.AddSchemaRegistry(configuration.GetSection("SchemaRegistry"));
        services.AddSchemaRegistry(configuration.GetSection("Audit"));
        services.AddKeyedSingleton<ISchemaRegistryClient>("Audit", ownClient);

        services.AddEventConsumer("orders", group: "billing-by-schema", c => c
            .UseJsonSchema()
            .Handle<OrderPlaced, ReserveStock>()
            .Handle<OrderCancelled, CancelOrder>()
            .FilterUnknown("OrderViewed"));

        services.AddEventProducer<OrderPlaced>("orders", p => p
            .KeyedBy(order => new OrderKey("de", order.OrderId))
            .Key<OrderKey>(k => k.UseJsonSchema(OrdersJson.Default))
            .UseJsonSchema(OrdersJson.Default, options => options.ValidateOnWrite = true));

        services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseJsonSchema(options => options.UseSchema<OrderPlaced>(schemaText)));
    }

    public static void Refer(IServiceCollection services, string unionText, string placedText, string cancelledText)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseJsonSchema(options => options
                .UseSchema<OrderPlaced>(unionText)            // { "oneOf": [ { "$ref": "order-placed.json" }, { "$ref": "order-cancelled.json" } ] }
                .AddReference("order-placed.json", subject: "order-placed", placedText)
                .AddReference("order-cancelled.json", subject: "order-cancelled", cancelledText)));
    }

    public static void DropIn(IServiceCollection services, ISchemaRegistryClient client)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .Serialize(with: new JsonSerializer<OrderPlaced>(client)));

        services.AddEventConsumer("orders", group: "audit", c => c
            .Deserialize(with: new JsonDeserializer<OrderPlaced>(client))
            .Handle<OrderPlaced, ReserveStock>());
    }

    public static async Task TestAsync(IServiceCollection services)
    {
        await using var registry = await EmbeddedSchemaRegistry.StartAsync();
        services.UseEmbeddedSchemaRegistry(registry);

        registry.Inject(RegistryFault.Unreachable);           // also Silence, Html, Garbage, EndlessBody, Slow, Redirect, TooManyRequests, Error(503)
        registry.Heal();
    }
}
