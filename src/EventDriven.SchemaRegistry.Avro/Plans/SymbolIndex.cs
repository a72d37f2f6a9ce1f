namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>A value of an enum, and the number that is written for it. Immutable.</summary>
/// <param name="Value">The value.</param>
/// <param name="Index">The number of its symbol.</param>
internal sealed record SymbolIndex(object Value, int Index);
