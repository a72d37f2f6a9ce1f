using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Interop.Tests.Events;

public enum ShipmentStatus
{
    Packed = 0,
    Sent,
    Lost,
}

public sealed record ShipmentKey(string Country, long Number);

public sealed record ShipmentLine(string Article, int Count);

/// <summary>One case or the other: a union.</summary>
public abstract record Payment
{
    private Payment()
    {
    }

    public sealed record Card(string Digits) : Payment;

    public sealed record Invoice(int Days, string? Contact) : Payment;
}

/// <summary>An event with what Avro knows.</summary>
public sealed record Shipment(
    string OrderId,
    int Quantity,
    long Total,
    double Weight,
    float Rate,
    bool Paid,
    byte[] Signature,
    string? Note,
    ShipmentStatus Status,
    IReadOnlyList<ShipmentLine> Lines,
    IReadOnlyDictionary<string, string> Labels,
    [property: AvroDecimal(18, 2)] decimal Price,
    DateTimeOffset PlacedAt,
    DateOnly Day,
    Guid Id,
    Payment Payment);
