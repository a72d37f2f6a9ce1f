using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>The text of a JSON Schema, in which references are found.</summary>
internal sealed class JsonSchemaDocument
{
    private readonly Dictionary<string, JsonSchemaDocument> _others;

    private JsonSchemaDocument(string text, Dictionary<string, JsonSchemaDocument> others)
    {
        Root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        _others = others;
    }

    public JsonNode? Root { get; }

    /// <exception cref="FormatException">It is no JSON.</exception>
    public static JsonSchemaDocument Parse(string name, SchemaText schema)
    {
        try
        {
            var others = new Dictionary<string, JsonSchemaDocument>(StringComparer.Ordinal);
            foreach (var reference in schema.References) others[reference.Name] = new JsonSchemaDocument(reference.Text, others);
            return new JsonSchemaDocument(schema.Text, others);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"{name} is no JSON Schema: {exception.Message}", exception);
        }
    }

    /// <summary>Finds what a reference refers to, and in which document that is; null where it is not there.</summary>
    public (JsonNode? Schema, JsonSchemaDocument Document)? Find(string reference)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var name = hash < 0 ? reference : reference[..hash];
        var pointer = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        var document = name.Length == 0 || name == ((Root as JsonObject)?["$id"] as JsonValue)?.ToString() ? this : _others.GetValueOrDefault(name);
        if (document is null || (pointer.Length > 0 && pointer[0] != '/')) return null;

        var found = document.Root;
        foreach (var part in pointer.Split('/').Skip(1).Select(static part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (found is JsonObject members && members.TryGetPropertyValue(part, out var member)) found = member;
            else if (found is JsonArray items && int.TryParse(part, out var index) && index >= 0 && index < items.Count) found = items[index];
            else return null;
        }

        return (found, document);
    }
}
