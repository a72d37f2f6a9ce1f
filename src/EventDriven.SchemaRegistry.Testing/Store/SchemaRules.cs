using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What the registry itself knows of the formats: validity, sameness, and compatibility of Avro schemas. Changes of JSON Schema and Protobuf are not judged.</summary>
internal static class SchemaRules
{
    /// <exception cref="RegistryError">The schema is invalid.</exception>
    public static void Validate(SchemaRequest schema, IEnumerable<string> referenced)
    {
        try
        {
            switch (schema.Format)
            {
                case SchemaFormat.Avro:
                    Parse(schema.Text, referenced);
                    break;
                case SchemaFormat.Json:
                    using (JsonDocument.Parse(schema.Text)) break;
                default:
                    if (schema.Text.Count(static c => c == '{') != schema.Text.Count(static c => c == '}') || !schema.Text.Contains("message", StringComparison.Ordinal)) throw RegistryError.Invalid("it is no file of messages.");
                    break;
            }
        }
        catch (Exception refused) when (refused is JsonException or AvroException or Newtonsoft.Json.JsonException or ArgumentException or InvalidCastException)
        {
            throw RegistryError.Invalid(refused.Message);
        }
    }

    /// <summary>The text without what makes no difference: white space; and the order of members too, where it is normalized.</summary>
    public static string Identity(SchemaFormat format, string text, bool normalize)
    {
        if (format is SchemaFormat.Protobuf) return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        try
        {
            var node = JsonNode.Parse(text);
            return (normalize ? Sorted(node) : node)?.ToJsonString() ?? "null";
        }
        catch (JsonException refused)
        {
            throw RegistryError.Invalid(refused.Message);
        }
    }

    /// <summary>Whether a new version may follow the older ones, newest first, by a level of compatibility.</summary>
    /// <returns>Why not; null if it may.</returns>
    public static string? Incompatibility(string level, (string Text, IEnumerable<string> Referenced) next, SchemaFormat format, IReadOnlyList<(SchemaFormat Format, string Text, IEnumerable<string> Referenced)> older)
    {
        if (level is "NONE" || older.Count == 0) return null;

        foreach (var before in level.EndsWith("_TRANSITIVE", StringComparison.Ordinal) ? older : older.Take(1))
        {
            if (before.Format != format) return "the formats of the schemas differ";
            if (format is not SchemaFormat.Avro) continue;

            if (!level.StartsWith("FORWARD", StringComparison.Ordinal) && !Parse(next.Text, next.Referenced).CanRead(Parse(before.Text, before.Referenced))) return "the new schema can't read what was written by an older one";
            if (!level.StartsWith("BACKWARD", StringComparison.Ordinal) && !Parse(before.Text, before.Referenced).CanRead(Parse(next.Text, next.Referenced))) return "an older schema can't read what is written by the new one";
        }

        return null;
    }

    private static Schema Parse(string text, IEnumerable<string> referenced)
    {
        var names = new Avro.SchemaNames();
        foreach (var reference in referenced) Schema.Parse(reference, names);
        return Schema.Parse(text, names);
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
