namespace QuickStart;

public sealed record OrderPlaced(string OrderId, int Step, decimal Amount);
