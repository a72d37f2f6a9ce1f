using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What the registry itself knows of the formats: validity, sameness, and compatibility.</summary>
internal static class SchemaRules
{
    /// <exception cref="RegistryError">The schema is invalid.</exception>
    public static void Validate(SchemaRequest schema, IEnumerable<EventSchemaReference> referenced)
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
                    ProtobufSource.Parse(schema.Text);
                    break;
            }
        }
        catch (Exception refused) when (refused is JsonException or AvroException or Newtonsoft.Json.JsonException or ArgumentException or InvalidCastException or FormatException)
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
    public static string? Incompatibility(string level, SchemaText next, SchemaFormat format, IReadOnlyList<(SchemaFormat Format, int Version, SchemaText Schema)> older)
    {
        var wanted = LevelOf(level)!.Value;
        if (wanted is SchemaCompatibility.None || older.Count == 0) return null;
        if ((SchemaReading.IsTransitive(wanted) ? older : older.Take(1)).Any(before => before.Format != format)) return "the formats of the schemas differ";

        try
        {
            var problems = SchemaReading.Problems(format, wanted, ("the new schema", next), older.Select(static before => ($"version {before.Version}", before.Schema)));
            return problems.Count == 0 ? null : string.Join(' ', problems);
        }
        catch (FormatException refused)
        {
            throw RegistryError.Invalid(refused.Message);
        }
    }

    /// <returns>Null where there is none of that name.</returns>
    public static SchemaCompatibility? LevelOf(string name) => name switch
    {
        "NONE" => SchemaCompatibility.None,
        "BACKWARD" => SchemaCompatibility.Backward,
        "BACKWARD_TRANSITIVE" => SchemaCompatibility.BackwardTransitive,
        "FORWARD" => SchemaCompatibility.Forward,
        "FORWARD_TRANSITIVE" => SchemaCompatibility.ForwardTransitive,
        "FULL" => SchemaCompatibility.Full,
        "FULL_TRANSITIVE" => SchemaCompatibility.FullTransitive,
        _ => null,
    };

    private static Schema Parse(string text, IEnumerable<EventSchemaReference> referenced)
    {
        var names = new global::Avro.SchemaNames();
        foreach (var reference in referenced) Schema.Parse(reference.Text, names);
        return Schema.Parse(text, names);
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
