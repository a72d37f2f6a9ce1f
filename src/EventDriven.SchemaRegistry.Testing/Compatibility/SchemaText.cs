namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A schema, and what it refers to.</summary>
/// <param name="Text">Its text.</param>
/// <param name="References">What it refers to, directly and indirectly, each behind those that it refers to itself.</param>
internal sealed record SchemaText(string Text, IReadOnlyList<EventSchemaReference> References);
