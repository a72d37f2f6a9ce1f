using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Makes one schema of two that both must match, where that can be said in one.</summary>
internal static class JsonMerge
{
    private static readonly string[] Annotations = ["title", "description", "default", "examples", "$comment", "$schema", "$id", "definitions", "$defs"];

    /// <summary>A copy without some keywords.</summary>
    public static JsonObject Without(JsonObject schema, params ReadOnlySpan<string> keywords)
    {
        var copy = schema.DeepClone().AsObject();
        foreach (var keyword in keywords) copy.Remove(keyword);
        return copy;
    }

    /// <returns>Null where it can't be said in one.</returns>
    public static JsonObject? Merge(JsonObject left, JsonObject right)
    {
        var merged = Without(left, Annotations);
        foreach (var (keyword, value) in Without(right, Annotations))
        {
            if (!merged.TryGetPropertyValue(keyword, out var there)) merged[keyword] = value?.DeepClone();
            else if (JsonNode.DeepEquals(there, value)) continue;
            else if (keyword is "required" && there is JsonArray some && value is JsonArray more) merged[keyword] = new JsonArray([.. some.Concat(more).Select(static name => name!.ToString()).Distinct().Select(static name => (JsonNode)name)]);
            else if (keyword is "properties" && there is JsonObject known && value is JsonObject added && !left.ContainsKey("additionalProperties") && !right.ContainsKey("additionalProperties") && TryAdd(known, added)) continue;
            else return null;
        }

        return merged;
    }

    private static bool TryAdd(JsonObject known, JsonObject added)
    {
        foreach (var (name, value) in added)
        {
            if (!known.TryGetPropertyValue(name, out var there)) known[name] = value?.DeepClone();
            else if (!JsonNode.DeepEquals(there, value)) return false;
        }

        return true;
    }
}
