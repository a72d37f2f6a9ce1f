namespace Orders;

/// <summary>The event: what other services know of an order.</summary>
public sealed record OrderPlaced(string OrderId, string CustomerId, decimal Amount);
