namespace EventDriven;

/// <summary>A schema that another refers to. Immutable.</summary>
/// <param name="Name">By which name it is referred to: an Avro full name, a JSON <c>$ref</c>, a Protobuf import.</param>
/// <param name="Text">Its text.</param>
public sealed record EventSchemaReference(string Name, string Text);
