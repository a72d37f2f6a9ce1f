using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>The JSON Schema of a type: made from it, always the same text for the same type, or given.</summary>
internal static class TypeSchema
{
    /// <summary>What the schemas of System.Text.Json keep to; registries recognise JSON Schema by it.</summary>
    private const string Dialect = "http://json-schema.org/draft-07/schema#";

    private static readonly JsonSchemaExporterOptions Export = new() { TreatNullObliviousAsNonNullable = true };

    /// <exception cref="NotSupportedException">The type has no schema.</exception>
    public static SchemaDefinition Of<T>(JsonTypeInfo<T> type)
    {
        // What is written is described; that numbers in quotes are read too, as the defaults of the web have it, is nobody's contract.
        var written = new JsonSerializerOptions(type.Options) { NumberHandling = type.Options.NumberHandling & ~JsonNumberHandling.AllowReadingFromString };
        if (written.GetTypeInfo(typeof(T)).GetJsonSchemaAsNode(Export) is not JsonObject exported)
        {
            throw new NotSupportedException($"{typeof(T)} has no JSON Schema that says anything, since a converter of its own writes it. Give its schema: UseJsonSchema(o => o.UseSchema<{typeof(T).Name}>(…)).");
        }

        var schema = new JsonObject { ["$schema"] = Dialect, ["title"] = typeof(T).Name };
        foreach (var (name, value) in exported.ToArray())
        {
            exported.Remove(name);
            schema[name] = value;
        }

        return new SchemaDefinition(SchemaFormat.Json, schema.ToJsonString()) { Name = typeof(T).Name };
    }

    /// <exception cref="NotSupportedException">The text is no schema.</exception>
    public static SchemaDefinition Given(Type type, string text, GivenReferences references)
    {
        try
        {
            return new SchemaDefinition(SchemaFormat.Json, text) { Name = TitleOf(text), Dependencies = references.Of(text) };
        }
        catch (JsonException exception)
        {
            throw new NotSupportedException($"The schema that was given for {type} is no JSON: {exception.Message}", exception);
        }
    }

    /// <summary>The title of a schema, which is what other clients name events by; null where it has none.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static string? TitleOf(string text)
    {
        using var schema = JsonDocument.Parse(text);
        return schema.RootElement.ValueKind is JsonValueKind.Object && schema.RootElement.TryGetProperty("title", out var title) && title.ValueKind is JsonValueKind.String
            ? title.GetString()
            : null;
    }
}
