using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>The registry's REST API over a store: a method, a path and a body in, JSON out.</summary>
internal sealed class RegistryApi(RegistryStore store)
{
    /// <exception cref="RegistryError">The answer is an error.</exception>
    public JsonNode Answer(string method, string[] path, IReadOnlyDictionary<string, string[]> query, JsonNode? body) => (method, path) switch
    {
        ("GET", []) => new JsonObject(),
        ("GET", ["subjects"]) => Array(store.Subjects()),
        ("GET", ["schemas", "types"]) => Array(["AVRO", "JSON", "PROTOBUF"]),
        ("GET", ["schemas", "ids", var id]) => Describe(store.ById(Number(id), One(query, "subject"))),
        ("GET", ["schemas", "guids", var guid]) => Describe(store.ByGuid(Guid.TryParse(guid, out var parsed) ? parsed : throw RegistryError.NoSchema(guid))),
        ("GET", ["subjects", var subject, "versions"]) => new JsonArray([.. store.Versions(subject).Select(static version => (JsonNode)version)]),
        ("GET", ["subjects", var subject, "versions", var version]) => Describe(subject, store.Version(subject, version)),
        ("GET", ["subjects", var subject, "metadata"]) => Describe(subject, store.LatestWith(subject, Metadata(query))),
        ("POST", ["subjects", var subject]) => Describe(subject, store.LookUp(subject, Request(body), Flag(query, "normalize"))),
        ("POST", ["subjects", var subject, "versions"]) => Describe(subject, store.Register(subject, Request(body), Flag(query, "normalize"))),
        ("DELETE", ["subjects", var subject]) => new JsonArray([.. store.Delete(subject).Select(static version => (JsonNode)version)]),
        ("POST", ["compatibility", "subjects", var subject, "versions", var version]) => Compatibility(store.WhyIncompatible(subject, version, Request(body))),
        ("GET", ["config", .. var rest]) when rest.Length < 2 => new JsonObject { ["compatibilityLevel"] = store.LevelOf(rest is [var subject] ? subject : null) },
        ("PUT", ["config", .. var rest]) when rest.Length < 2 => SetLevel(rest is [var subject] ? subject : null, body),
        _ => throw new RegistryError(404, 404, "HTTP 404 Not Found"),
    };

    public static JsonObject Describe(RegistryError error) => new() { ["error_code"] = error.Code, ["message"] = error.Message };

    private static JsonObject Describe(StoredSchema schema)
    {
        var answer = new JsonObject { ["schema"] = schema.Text, ["guid"] = schema.Guid.ToString() };
        if (schema.Format is not SchemaFormat.Avro) answer["schemaType"] = schema.Format is SchemaFormat.Json ? "JSON" : "PROTOBUF";
        if (schema.References.Count > 0)
        {
            answer["references"] = new JsonArray([.. schema.References.Select(static reference =>
                (JsonNode)new JsonObject { ["name"] = reference.Name, ["subject"] = reference.Subject, ["version"] = reference.Version })]);
        }

        if (schema.Metadata.Count > 0)
        {
            answer["metadata"] = new JsonObject { ["properties"] = new JsonObject(schema.Metadata.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };
        }

        if (schema.RuleSet is not null) answer["ruleSet"] = JsonNode.Parse(schema.RuleSet);
        return answer;
    }

    private static JsonObject Describe(string subject, (StoredSchema Schema, int Version) registered)
    {
        var answer = Describe(registered.Schema);
        answer["subject"] = subject;
        answer["id"] = registered.Schema.Id;
        answer["version"] = registered.Version;
        return answer;
    }

    private static JsonObject Compatibility(string? why)
    {
        var answer = new JsonObject { ["is_compatible"] = why is null };
        if (why is not null) answer["messages"] = Array([why]);
        return answer;
    }

    private JsonObject SetLevel(string? subject, JsonNode? body)
    {
        var level = Text(body?["compatibility"]) ?? "";
        store.SetLevel(subject, level);
        return new JsonObject { ["compatibility"] = level };
    }

    private static SchemaRequest Request(JsonNode? body)
    {
        var text = Text(body?["schema"]);
        if (string.IsNullOrEmpty(text)) throw RegistryError.Invalid("there is none.");

        var format = Text(body!["schemaType"]) switch
        {
            null or "AVRO" => SchemaFormat.Avro,
            "JSON" => SchemaFormat.Json,
            "PROTOBUF" => SchemaFormat.Protobuf,
            var other => throw RegistryError.Invalid($"the schema type {other} is not known."),
        };
        return new SchemaRequest(
            format, text,
            [.. (body["references"] as JsonArray ?? []).Select(static reference => new StoredReference(Text(reference!["name"])!, Text(reference["subject"])!, (int)reference["version"]!))],
            (body["metadata"]?["properties"] as JsonObject ?? []).ToDictionary(static pair => pair.Key, static pair => Text(pair.Value) ?? "", StringComparer.Ordinal),
            (body["ruleSet"] as JsonObject)?.ToJsonString());
    }

    private static Dictionary<string, string> Metadata(IReadOnlyDictionary<string, string[]> query) =>
        query.GetValueOrDefault("key", []).Zip(query.GetValueOrDefault("value", [])).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;

    private static JsonArray Array(IEnumerable<string> items) => new([.. items.Select(static item => (JsonNode)item)]);

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new RegistryError(404, 404, "HTTP 404 Not Found");

    private static string? One(IReadOnlyDictionary<string, string[]> query, string name) => query.TryGetValue(name, out var values) ? values[^1] : null;

    private static bool Flag(IReadOnlyDictionary<string, string[]> query, string name) => bool.TryParse(One(query, name), out var flag) && flag;
}
