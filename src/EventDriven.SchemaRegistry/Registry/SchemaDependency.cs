namespace EventDriven.SchemaRegistry;

/// <summary>A schema that another refers to.</summary>
/// <param name="Name">By which name: an Avro full name, a JSON <c>$ref</c>, a Protobuf import.</param>
/// <param name="Subject">The subject that it is registered under.</param>
/// <param name="Schema">The schema.</param>
internal sealed record SchemaDependency(string Name, string Subject, SchemaDefinition Schema);
