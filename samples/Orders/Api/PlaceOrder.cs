namespace Orders.Api;

/// <summary>The body of <c>POST /orders</c>.</summary>
/// <param name="CustomerId">Who orders.</param>
/// <param name="Amount">For how much.</param>
/// <param name="OrderId">The client's own id, so that a request that is sent again is the same order; null for a new one.</param>
public sealed record PlaceOrder(string CustomerId, decimal Amount, string? OrderId = null);
