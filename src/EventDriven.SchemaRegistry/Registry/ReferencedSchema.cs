namespace EventDriven.SchemaRegistry;

/// <summary>A schema of the registry that another refers to.</summary>
/// <param name="Name">By which name: an Avro full name, a JSON <c>$ref</c>, a Protobuf import.</param>
/// <param name="Text">Its text.</param>
internal sealed record ReferencedSchema(string Name, string Text);
