using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Types of JSON values. Whole numbers stand apart from others, so that <c>number</c> is both.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Whole = 4,
    Fraction = 8,
    Number = Whole | Fraction,
    Text = 16,
    Array = 32,
    Object = 64,
    All = Null | Boolean | Number | Text | Array | Object,
}

/// <summary>What schemas and values say of types.</summary>
internal static class JsonTypesExtensions
{
    private static readonly (JsonTypes Type, string Name)[] Names =
    [
        (JsonTypes.Null, "null"), (JsonTypes.Boolean, "boolean"), (JsonTypes.Number, "number"), (JsonTypes.Whole, "integer"), (JsonTypes.Fraction, "number"),
        (JsonTypes.Text, "string"), (JsonTypes.Array, "array"), (JsonTypes.Object, "object"),
    ];

    /// <summary>The types of the values that a schema takes, by its keywords alone.</summary>
    public static JsonTypes Of(JsonObject schema)
    {
        var types = schema["type"] switch
        {
            JsonArray several => several.Aggregate(JsonTypes.None, static (all, name) => all | Of(name)),
            null => JsonTypes.All,
            var one => Of(one),
        };
        return ValuesOf(schema) is { } values ? types & values.Aggregate(JsonTypes.None, static (all, value) => all | OfValue(value)) : types;
    }

    /// <summary>The only values that a schema takes; null where it does not list them.</summary>
    public static IReadOnlyList<JsonNode?>? ValuesOf(JsonObject schema) =>
        schema["enum"] is JsonArray listed ? [.. listed] : schema.TryGetPropertyValue("const", out var constant) ? [constant] : null;

    public static string Display(this JsonTypes types)
    {
        List<string> names = [];
        foreach (var (type, name) in Names)
        {
            if ((types & type) != type) continue;

            types &= ~type;
            names.Add(name);
        }

        return string.Join(" or ", names);
    }

    /// <summary>One after the other, <c>number</c> as one.</summary>
    public static IEnumerable<JsonTypes> Split(this JsonTypes types)
    {
        foreach (var (type, _) in Names)
        {
            if ((types & type) != type) continue;

            types &= ~type;
            yield return type;
        }
    }

    public static string NameOf(JsonTypes one) => Array.Find(Names, entry => entry.Type == one).Name;

    private static JsonTypes Of(JsonNode? name) => name?.ToString() switch
    {
        "integer" => JsonTypes.Whole,
        var known => Array.Find(Names, entry => entry.Name == known).Type,
    };

    public static JsonTypes OfValue(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => JsonTypes.Null,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        JsonValueKind.String => JsonTypes.Text,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.Object => JsonTypes.Object,
        _ => value is JsonValue number && number.TryGetValue<decimal>(out var exact) && decimal.IsInteger(exact) ? JsonTypes.Whole : JsonTypes.Fraction,
    };
}
