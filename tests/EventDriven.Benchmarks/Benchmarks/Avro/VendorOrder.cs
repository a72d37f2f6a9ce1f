using Avro;
using Avro.Specific;
using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Benchmarks.Avro;

/// <summary>The same event as the vendor's generator writes it.</summary>
public sealed class VendorOrder : ISpecificRecord
{
    public static readonly Schema _SCHEMA = Schema.Parse(AvroSchemas.TextOf<AvroOrder>().Replace("AvroOrder", "VendorOrder", StringComparison.Ordinal).Replace("\"benchmarks\"", "\"EventDriven.Benchmarks.Avro\"", StringComparison.Ordinal));

    public Schema Schema => _SCHEMA;

    public string OrderId { get; set; } = "";

    public string CustomerId { get; set; } = "";

    public DateTime PlacedAt { get; set; }

    public VendorOrderStatus Status { get; set; }

    public string Currency { get; set; } = "";

    public double Total { get; set; }

    public IList<VendorOrderLine> Lines { get; set; } = [];

    public string? Note { get; set; }

    public static VendorOrder Create()
    {
        var order = AvroOrder.Create();
        return new VendorOrder
        {
            OrderId = order.OrderId,
            CustomerId = order.CustomerId,
            PlacedAt = order.PlacedAt,
            Status = (VendorOrderStatus)order.Status,
            Currency = order.Currency,
            Total = order.Total,
            Lines = [.. order.Lines.Select(static line => new VendorOrderLine { Sku = line.Sku, Quantity = line.Quantity, Price = line.Price })],
            Note = order.Note,
        };
    }

    public object Get(int fieldPos) => fieldPos switch
    {
        0 => OrderId,
        1 => CustomerId,
        2 => PlacedAt,
        3 => Status,
        4 => Currency,
        5 => Total,
        6 => Lines,
        7 => Note!,
        _ => throw new AvroRuntimeException("Bad index"),
    };

    public void Put(int fieldPos, object fieldValue)
    {
        switch (fieldPos)
        {
            case 0: OrderId = (string)fieldValue; break;
            case 1: CustomerId = (string)fieldValue; break;
            case 2: PlacedAt = (DateTime)fieldValue; break;
            case 3: Status = (VendorOrderStatus)fieldValue; break;
            case 4: Currency = (string)fieldValue; break;
            case 5: Total = (double)fieldValue; break;
            case 6: Lines = (IList<VendorOrderLine>)fieldValue; break;
            default: Note = (string?)fieldValue; break;
        }
    }
}

/// <summary>A line of it.</summary>
public sealed class VendorOrderLine : ISpecificRecord
{
    public static readonly Schema _SCHEMA = Schema.Parse("""{"type":"record","name":"VendorOrderLine","namespace":"EventDriven.Benchmarks.Avro","fields":[{"name":"sku","type":"string"},{"name":"quantity","type":"int"},{"name":"price","type":"double"}]}""");

    public Schema Schema => _SCHEMA;

    public string Sku { get; set; } = "";

    public int Quantity { get; set; }

    public double Price { get; set; }

    public object Get(int fieldPos) => fieldPos switch
    {
        0 => Sku,
        1 => Quantity,
        2 => Price,
        _ => throw new AvroRuntimeException("Bad index"),
    };

    public void Put(int fieldPos, object fieldValue)
    {
        switch (fieldPos)
        {
            case 0: Sku = (string)fieldValue; break;
            case 1: Quantity = (int)fieldValue; break;
            default: Price = (double)fieldValue; break;
        }
    }
}

/// <summary>Its state.</summary>
public enum VendorOrderStatus
{
    Placed,
    Paid,
    Shipped,
}
