using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A schema inside of a document: an object of keywords, or one that takes everything or nothing.</summary>
internal readonly record struct JsonSubschema(JsonNode? Node, JsonSchemaDocument Document)
{
    private static readonly JsonNode True = JsonValue.Create(true);
    private static readonly JsonNode False = JsonValue.Create(false);

    /// <summary>Whether no value matches, by its form alone.</summary>
    public bool IsNothing => Node?.GetValueKind() is JsonValueKind.False || (Keywords is { } keywords && JsonTypesExtensions.Of(keywords) is JsonTypes.None);

    /// <summary>Whether every value matches, by its form alone.</summary>
    public bool IsAnything => Node is null || Node.GetValueKind() is JsonValueKind.True || Keywords is { Count: 0 };

    public JsonObject? Keywords => Node as JsonObject;

    public static JsonSubschema Anything(JsonSchemaDocument document) => new(True, document);

    public static JsonSubschema Nothing(JsonSchemaDocument document) => new(False, document);

    /// <summary>The schema under a keyword; null where it is not there.</summary>
    public JsonSubschema? At(string keyword) => Keywords is { } keywords && keywords.TryGetPropertyValue(keyword, out var node) ? new JsonSubschema(node, Document) : null;

    /// <summary>The schemas in a list under a keyword.</summary>
    public IReadOnlyList<JsonSubschema> ListAt(string keyword)
    {
        var document = Document;
        return Keywords?[keyword] is JsonArray list ? [.. list.Select(item => new JsonSubschema(item, document))] : [];
    }

    /// <summary>The schemas by name under a keyword.</summary>
    public IReadOnlyDictionary<string, JsonSubschema> MapAt(string keyword)
    {
        var document = Document;
        return Keywords?[keyword] is JsonObject map ? map.ToDictionary(static member => member.Key, member => new JsonSubschema(member.Value, document), StringComparer.Ordinal) : [];
    }

    /// <summary>The texts in a list under a keyword.</summary>
    public IReadOnlyList<string> TextsAt(string keyword) => Keywords?[keyword] is JsonArray list ? [.. list.Select(static item => item?.ToString() ?? "")] : [];
}
