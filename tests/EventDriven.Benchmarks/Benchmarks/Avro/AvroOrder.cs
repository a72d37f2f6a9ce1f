using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Benchmarks.Avro;

/// <summary>The event: 153 bytes of Avro.</summary>
[AvroType(Namespace = "benchmarks")]
public sealed record AvroOrder(
    string OrderId,
    string CustomerId,
    [property: AvroLogicalType("timestamp-millis")] DateTime PlacedAt,
    AvroOrderStatus Status,
    string Currency,
    double Total,
    List<AvroOrderLine> Lines,
    string? Note)
{
    public const int Length = 153;

    public static AvroOrder Create() => new(
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "customer-0000004711",
        new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc),
        AvroOrderStatus.Paid,
        "EUR",
        1_234.56,
        [new("sku-000017", 2, 99.95), new("sku-000018", 1, 1_034.66)],
        "Please leave it at the back door.");
}

/// <summary>A line of it.</summary>
[AvroType(Namespace = "benchmarks")]
public sealed record AvroOrderLine(string Sku, int Quantity, double Price);

/// <summary>Its state.</summary>
[AvroType(Namespace = "benchmarks")]
public enum AvroOrderStatus
{
    Placed,
    Paid,
    Shipped,
}
