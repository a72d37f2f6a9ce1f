using System.Text.Json;

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A field of a record.</summary>
internal sealed class FieldSchema(string name, AvroSchema schema)
{
    public string Name => name;

    public AvroSchema Schema => schema;

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? Doc { get; init; }

    /// <summary>What a reader takes where the writer has no such field; null where there is none (a default of null is a JSON null).</summary>
    public JsonElement? Default { get; init; }
}
