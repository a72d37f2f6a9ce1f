namespace Orders.Data;

/// <summary>What a customer was told of an order.</summary>
public sealed class Notification
{
    public required string OrderId { get; init; }

    public required string CustomerId { get; init; }

    /// <summary>Which order of the customer it is, from 1.</summary>
    public required int Number { get; init; }
}
