namespace EventDriven.Interop.Tests.Events;

public sealed record InvoiceLine(string Article, int Count, decimal Price);

/// <summary>An event with what JSON knows.</summary>
public sealed record Invoice(string OrderId, long Number, decimal Total, bool Paid, string? Note, IReadOnlyList<InvoiceLine> Lines, IReadOnlyDictionary<string, int> Labels, DateTime PlacedAt, Guid Id);
