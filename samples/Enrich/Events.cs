namespace Enrich;

internal sealed record Customer(string Id, string Country);

internal sealed record Order(int Number, string Customer, decimal Amount);

/// <summary>What an order comes to, with the country of its customer: one for each order.</summary>
internal sealed record OrderTotal(int Order, string Country, decimal Amount);
