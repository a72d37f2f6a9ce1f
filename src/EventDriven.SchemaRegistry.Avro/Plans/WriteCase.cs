namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>A branch of a union. Immutable.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Plan">How its values are written.</param>
internal sealed record WriteCase(int Index, WritePlan Plan);
