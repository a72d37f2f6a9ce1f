using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>What was generated for the type of an event. For generated code. Thread-safe.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AvroGeneratedType
{
    private AvroSchema? _schema;

    private protected AvroGeneratedType(string text, string? name) => (Text, Name) = (text, name);

    /// <summary>The schema of the type.</summary>
    internal string Text { get; }

    /// <summary>The full name of the schema; null where it has none.</summary>
    internal string? Name { get; }

    /// <summary>Parsed once it is asked for, and then kept: bytes that are no event ask for it each time. Twice for two at once is no harm.</summary>
    internal AvroSchema Parse() => _schema ??= AvroSchemaParser.Parse(Text);
}
