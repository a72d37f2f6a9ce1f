using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Changes of JSON Schemas: the tables of docs/evolution.md, and a larger one that is not printed there.</summary>
internal static class JsonChanges
{
    private const string Id = """ "id":{"type":"string"} """;
    private const string Note = """ "note":{"type":["string","null"]} """;
    private const string Count = """ "count":{"type":"integer"} """;

    /// <summary>As registries judge them; open unless it says closed.</summary>
    public static IReadOnlyList<SchemaChange> Strict { get; } =
    [
        new("closed: an optional property is added", Closed([Id], "id"), Closed([Id, Note], "id"), true, false),
        new("closed: an optional property is removed", Closed([Id, Note], "id"), Closed([Id], "id"), false, true),
        new("closed: a required property is added", Closed([Id], "id"), Closed([Id, Count], "id", "count"), false, false),
        new("closed: a required property is removed", Closed([Id, Count], "id", "count"), Closed([Id], "id"), false, false),
        new("open: an optional property is added", Open([Id], "id"), Open([Id, Note], "id"), false, true),
        new("open: an optional property is removed", Open([Id, Note], "id"), Open([Id], "id"), true, false),
        new("open: a required property is added", Open([Id], "id"), Open([Id, Count], "id", "count"), false, true),
        new("open: a required property is removed", Open([Id, Count], "id", "count"), Open([Id], "id"), true, false),
        new("a closed schema is opened", Closed([Id], "id"), Open([Id], "id"), true, false),
        new("an open schema is closed", Open([Id], "id"), Closed([Id], "id"), false, true),
        new("a required property becomes optional", Open([Id, Count], "id", "count"), Open([Id, Count], "id"), true, false),
        new("an optional property becomes required", Open([Id, Count], "id"), Open([Id, Count], "id", "count"), false, true),
        new("a property becomes nullable", Open([Id]), Open([""" "id":{"type":["string","null"]} """]), true, false),
        new("`integer` becomes `number`", Open([Count]), Open([""" "count":{"type":"number"} """]), true, false),
        new("`number` becomes `string`", Open([""" "count":{"type":"number"} """]), Open([""" "count":{"type":"string"} """]), false, false),
        new("an `enum` gets a value", Open([""" "color":{"enum":["A","B"]} """]), Open([""" "color":{"enum":["A","B","C"]} """]), true, false),
        new("an `enum` loses a value", Open([""" "color":{"enum":["A","B"]} """]), Open([""" "color":{"enum":["A"]} """]), false, true),
        new("a limit is loosened (`maxLength`, `maximum`, …) or dropped", Open([""" "id":{"type":"string","maxLength":5} """]), Open([""" "id":{"type":"string","maxLength":9} """]), true, false),
        new("a limit is tightened or added", Open([""" "id":{"type":"string"} """]), Open([""" "id":{"type":"string","maxLength":9} """]), false, true),
        new("`pattern` or `format` changes", Open([""" "id":{"type":"string","format":"date"} """]), Open([""" "id":{"type":"string","format":"date-time"} """]), false, false),
        new("`oneOf` or `anyOf` gets another case", """{"oneOf":[{"type":"string"},{"type":"integer"}]}""", """{"oneOf":[{"type":"string"},{"type":"integer"},{"type":"boolean"}]}""", true, false),
        new("title, description, default or examples change", """{"title":"a","type":"string","default":"x"}""", """{"title":"b","type":"string","default":"y"}""", true, true),
        new("a schema moves into `definitions`", Open([Id]), """{"type":"object","properties":{"id":{"$ref":"#/definitions/id"}},"definitions":{"id":{"type":"string"}}}""", true, true),
    ];

    /// <summary>Where writers write what they name and readers skip what they don't: the registry of others has no such policy.</summary>
    public static IReadOnlyList<SchemaChange> Lenient { get; } =
    [
        new("an optional property is added", Open([Id], "id"), Open([Id, Note], "id"), true, true),
        new("an optional property is removed", Open([Id, Note], "id"), Open([Id], "id"), true, true),
        new("a required property is added", Open([Id], "id"), Open([Id, Count], "id", "count"), false, true),
        new("a required property is removed", Open([Id, Count], "id", "count"), Open([Id], "id"), true, false),
        new("an optional property is renamed", Open([Id, Note], "id"), Open([Id, """ "remark":{"type":["string","null"]} """], "id"), true, true),
        new("a property gets another type", Open([Id, Count]), Open([Id, """ "count":{"type":"string"} """]), false, false),
    ];

    /// <summary>What was asked of the registry of others, with its answers where they differ.</summary>
    public static IReadOnlyList<SchemaChange> More { get; } = Read();

    /// <summary>With the dialect, by which a registry recognises JSON Schema.</summary>
    public static string WithDialect(string schema)
    {
        if (JsonNode.Parse(schema) is not JsonObject keywords) return schema;

        keywords.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        return keywords.ToJsonString();
    }

    private static string Open(string[] properties, params string[] required) => Object(properties, required, "");

    private static string Closed(string[] properties, params string[] required) => Object(properties, required, ""","additionalProperties":false""");

    private static string Object(string[] properties, string[] required, string more) =>
        $$"""{"type":"object","properties":{{{string.Join(',', properties)}}}{{(required.Length == 0 ? "" : $""","required":{JsonSerializer.Serialize(required)}""")}}{{more}}}""";

    private static SchemaChange[] Read()
    {
        using var file = typeof(JsonChanges).Assembly.GetManifestResourceStream("json-changes.json")!;
        return [.. JsonNode.Parse(file)!.AsArray().Select(static change => new SchemaChange(
            (string)change!["what"]!, change["before"]!.ToJsonString(), change["after"]!.ToJsonString(), (bool)change["backward"]!, (bool)change["forward"]!,
            change["registry"] is JsonArray registry ? ((bool)registry[0]!, (bool)registry[1]!) : null))];
    }
}
