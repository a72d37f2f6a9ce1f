using System.Text.Json;

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A field of a record.</summary>
internal sealed class FieldSchema(string name, AvroSchema schema)
{
    private readonly Json? _default;

    public string Name => name;

    public AvroSchema Schema => schema;

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? Doc { get; init; }

    /// <summary>Whether <see cref="Default"/> is null, as JSON has it.</summary>
    public bool HasNullDefault { get; init; }

    /// <summary>What a reader takes where the writer has no such field; null where there is none (a default of null is a JSON null).</summary>
    public JsonElement? Default
    {
        get => HasNullDefault ? NullDefault : _default?.Value;
        init
        {
            HasNullDefault = value?.ValueKind is JsonValueKind.Null;
            _default = value is { } json && !HasNullDefault ? new Json(json) : null;
        }
    }

    private static JsonElement NullDefault => JsonElement.Parse("null");

    /// <summary>An object of its own: with none of them, System.Text.Json is not loaded.</summary>
    private sealed class Json(JsonElement value)
    {
        public JsonElement Value => value;
    }
}
