namespace EventDriven.Trimming;

internal sealed record OrderPlaced(string OrderId, int Quantity);
