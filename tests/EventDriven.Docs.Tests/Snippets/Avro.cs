using EventDriven.SchemaRegistry.Avro;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Avro
{
    public static void Produce(HostApplicationBuilder builder)
    {
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p
            .KeyedBy(e => e.OrderId)
            .UseAvro());
    }

    public static void Generated(HostApplicationBuilder builder)
    {
        builder.Services.AddEventProducer<AvroOrderPlaced>("orders", p => p.UseAvro(Events.Default));
    }

    public static void Union(HostApplicationBuilder builder)
    {
        builder.Services.AddEventProducer<OrderPlaced>("orders", p => p
            .UseAvro(avro =>
            {
                avro.Schema = """["com.acme.orders.OrderPlaced","com.acme.orders.OrderCancelled"]""";
                avro.AddReference("com.acme.orders.OrderPlaced", subject: "order-placed", File.ReadAllText("order-placed.avsc"))
                    .AddReference("com.acme.orders.OrderCancelled", subject: "order-cancelled", File.ReadAllText("order-cancelled.avsc"));
            }));
    }

    public static void Consume(HostApplicationBuilder builder)
    {
        builder.Services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .UseAvro(avro => avro.Schema = File.ReadAllText("order.avsc")));
    }
}

[AvroType(Namespace = "com.acme.orders", Aliases = ["Order"])]
public sealed record AvroOrderPlaced(
    [property: AvroField(Aliases = ["id"])] string OrderId,
    [property: AvroDecimal(18, 2)] decimal Total,
    DateTimeOffset PlacedAt,
    string? Note,
    string Currency = "EUR");

[AvroSerializable(typeof(AvroOrderPlaced))]
internal sealed partial class Events : AvroContext;
