using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>What was generated for the type of an event. For generated code. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AvroGeneratedType
{
    private protected AvroGeneratedType(string text, string? name) => (Text, Name) = (text, name);

    /// <summary>The schema of the type.</summary>
    internal string Text { get; }

    /// <summary>The full name of the schema; null where it has none.</summary>
    internal string? Name { get; }

    internal AvroSchema Parse() => AvroSchemaParser.Parse(Text);
}
