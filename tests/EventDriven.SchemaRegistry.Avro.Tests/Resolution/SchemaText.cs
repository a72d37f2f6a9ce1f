using System.Text.Json.Nodes;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>Schemas for Apache.Avro's generic types.</summary>
internal static class SchemaText
{
    /// <summary>Apache.Avro has values of its own for them; the bytes are the same without.</summary>
    public static string WithoutLogicalTypes(AvroSchema schema)
    {
        var json = JsonNode.Parse(schema.ToString())!;
        Strip(json);
        return json.ToJsonString();
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) Strip(item);
        }
        else if (node is JsonObject @object)
        {
            @object.Remove("logicalType");
            foreach (var (name, value) in @object)
            {
                if (name is not "default") Strip(value);
            }
        }
    }
}
