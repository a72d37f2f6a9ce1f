namespace Orders.Data;

/// <summary>An order as this service keeps it.</summary>
public sealed class Order
{
    public required string OrderId { get; init; }

    public required string CustomerId { get; init; }

    public required decimal Amount { get; init; }

    public required DateTimeOffset PlacedAt { get; init; }
}
