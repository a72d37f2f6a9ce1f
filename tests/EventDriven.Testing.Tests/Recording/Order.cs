namespace EventDriven.Testing.Tests.Recording;

internal sealed record OrderPlaced(string OrderId, int Step);

internal sealed record OrderCancelled(string OrderId);
