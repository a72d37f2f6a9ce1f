using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>
/// Whether every value that one JSON Schema takes another takes too. What can't be shown to be so is told as a problem, so that "none" can be relied on.
/// </summary>
internal sealed partial class JsonReading
{
    private const int Deepest = 128;
    private const int MostSteps = 100_000;

    // Nodes are compared by reference, and what is made of a node is made once, so that what is met again is known.
    private readonly HashSet<(JsonNode, JsonNode)> _pending = [];
    private readonly Dictionary<(JsonNode, JsonNode), JsonNode?> _merged = [];
    private readonly Dictionary<(JsonNode, string), JsonNode> _derived = [];
    private readonly JsonObject _anything = [];
    private readonly string _writer;
    private readonly string _reader;
    private bool _lenient;
    private int _depth;
    private int _steps;

    private JsonReading(string writer, string reader, bool lenient) => (_writer, _reader, _lenient) = (writer, reader, lenient);

    public static IReadOnlyList<SchemaProblem> Problems((string Name, SchemaText Schema) writer, (string Name, SchemaText Schema) reader, bool lenient)
    {
        var (written, read) = (JsonSchemaDocument.Parse(writer.Name, writer.Schema), JsonSchemaDocument.Parse(reader.Name, reader.Schema));
        List<SchemaProblem> found = [];
        new JsonReading(writer.Name, reader.Name, lenient).Compare(new JsonSubschema(written.Root, written), new JsonSubschema(read.Root, read), "#", found);
        return [.. found.Distinct()];
    }

    private void Compare(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        if (reader.IsAnything || writer.IsNothing) return;

        if (reader.Keywords is not { } wanted)
        {
            Add(found, path, $"{_writer} may write something here, and {_reader} takes nothing.", "Keep what was there.");
            return;
        }

        if (writer.Keywords is not { } given) writer = new JsonSubschema(given = _anything, writer.Document);

        // A pair that is met again inside of itself is right where all the rest is.
        if (!_pending.Add((given, wanted))) return;

        if (++_depth > Deepest || ++_steps > MostSteps) Add(found, "#", "The schemas are too large, or too deep in one another, to be compared.", "Make them simpler.");
        else CompareParts(writer, reader, path, found);
        _depth--;
        _pending.Remove((given, wanted));
    }

    private bool IsRead(JsonSubschema writer, JsonSubschema reader)
    {
        List<SchemaProblem> trial = [];
        Compare(writer, reader, "", trial);
        return trial.Count == 0;
    }

    /// <summary>First what the writer's schema is made of, then the reader's; keywords at last.</summary>
    private void CompareParts(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        var given = writer.Keywords!;
        if (given["$ref"] is JsonValue reference)
        {
            // What stands beside a reference narrows it at most.
            if (writer.Document.Find(reference.ToString()) is { } target) Compare(new JsonSubschema(target.Schema, target.Document), reader, path, found);
            else Add(found, path, $"{_writer} refers to '{reference}', which is not there.", "Give the schema that it refers to.");
            return;
        }

        foreach (var keyword in (string[])["anyOf", "oneOf"])
        {
            if (writer.ListAt(keyword) is not { Count: > 0 } cases) continue;

            CompareCases(writer, keyword, cases, reader, path, found);
            return;
        }

        if (writer.ListAt("allOf") is { Count: > 0 } all)
        {
            var whole = all.Aggregate((JsonSubschema?)Without(writer, "allOf"), (merged, part) => merged is { } some ? Merge(some, part) : null);
            if (whole is { } one) Compare(one, reader, path, found);
            else if (!all.Any(part => IsRead(part, reader))) Compare(all[0], reader, path, found);
            return;
        }

        if (!CompareToCombined(writer, reader, path, found)) return;

        CompareKeywords(writer, reader, path, found);
    }

    private void CompareCases(JsonSubschema writer, string keyword, IReadOnlyList<JsonSubschema> cases, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        var siblings = Without(writer, keyword);
        for (var i = 0; i < cases.Count; i++)
        {
            // Of one case exactly, the others are known not to match.
            var others = keyword is "oneOf" ? cases.Where((_, other) => other != i).ToArray() : [];
            Compare(Merge(siblings, cases[i], others) ?? cases[i], reader, path, found);
        }
    }

    /// <returns>Whether the keywords are still to be compared.</returns>
    private bool CompareToCombined(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        var wanted = reader.Keywords!;
        if (wanted["$ref"] is JsonValue reference)
        {
            if (reader.Document.Find(reference.ToString()) is { } target) Compare(writer, new JsonSubschema(target.Schema, target.Document), path, found);
            else Add(found, path, $"{_reader} refers to '{reference}', which is not there.", "Give the schema that it refers to.");
        }

        foreach (var part in reader.ListAt("allOf")) Compare(writer, part, path, found);

        var hasCases = wanted.ContainsKey("anyOf") || wanted.ContainsKey("oneOf");
        if (hasCases && JsonTypesExtensions.Of(writer.Keywords!).Split().ToArray() is { Length: > 1 } types)
        {
            foreach (var type in types) Compare(Narrow(writer, type), reader, path, found);
            return false;
        }

        if (reader.ListAt("anyOf") is { Count: > 0 } some && !some.Any(part => IsRead(writer, part))) AddNoCase(writer, path, found);
        if (reader.ListAt("oneOf") is { Count: > 0 } one)
        {
            var matching = one.Where(part => IsRead(writer, part)).ToArray();
            if (matching.Length == 0) AddNoCase(writer, path, found);
            else if (one.Any(part => part != matching[0] && !AreDisjoint(writer, part)))
            {
                Add(found, path, $"What {_writer} writes here may match more than one case of oneOf in {_reader}.", "Make the cases exclude each other, or use anyOf.");
            }
        }

        if (reader.At("not") is { } refused && !IsRefused(writer, refused)) Add(found, path, $"{_writer} may write what 'not' in {_reader} refuses.", "Refuse no more than before.");
        foreach (var keyword in (string[])["if", "then", "else"])
        {
            if (!wanted.ContainsKey("if") || !wanted.ContainsKey(keyword) || JsonNode.DeepEquals(wanted[keyword], writer.Keywords![keyword])) continue;

            Add(found, path, $"{_reader} has a condition ('{keyword}') that {_writer} does not have in this form.", "Keep the condition as it was, or drop it.");
            break;
        }

        return true;
    }

    private bool IsRefused(JsonSubschema writer, JsonSubschema refused) => (writer.At("not") is { } already && IsRead(refused, already)) || AreDisjoint(writer, refused);

    private void AddNoCase(JsonSubschema writer, string path, List<SchemaProblem> found) =>
        Add(found, path, $"{_writer} may write {Display(writer)} here, which matches no case of {_reader}.", "Keep the cases that there were.");

    /// <summary>Both at once; null where that can't be said in one schema.</summary>
    private JsonSubschema? Merge(JsonSubschema left, JsonSubschema right, params JsonSubschema[] excluded)
    {
        if (right.IsAnything) return left;
        if (left.Keywords is not { } some || right.Keywords is not { } more || (left.Document != right.Document && some.Count > 0)) return null;

        if (!_merged.TryGetValue((some, more), out var merged))
        {
            var both = JsonMerge.Merge(some, more);
            if (both is not null && excluded.Length > 0 && !both.ContainsKey("not")) both["not"] = new JsonObject { ["anyOf"] = new JsonArray([.. excluded.Select(static other => other.Node?.DeepClone())]) };
            _merged[(some, more)] = merged = both;
        }

        return merged is null ? null : right with { Node = merged };
    }

    private JsonSubschema Without(JsonSubschema schema, string keyword) => Derive(schema, keyword, keywords => JsonMerge.Without(keywords, keyword));

    private JsonSubschema Narrow(JsonSubschema schema, JsonTypes type) => Derive(schema, $"type {JsonTypesExtensions.NameOf(type)}", keywords =>
    {
        var narrowed = JsonMerge.Without(keywords, "type");
        narrowed["type"] = JsonTypesExtensions.NameOf(type);
        if (narrowed["enum"] is JsonArray values) narrowed["enum"] = new JsonArray([.. values.Where(value => (JsonTypesExtensions.OfValue(value) & type) != 0).Select(static value => value?.DeepClone())]);
        return narrowed;
    });

    private JsonSubschema Derive(JsonSubschema schema, string how, Func<JsonObject, JsonObject> make)
    {
        if (!_derived.TryGetValue((schema.Node!, how), out var derived)) _derived[(schema.Node!, how)] = derived = make(schema.Keywords!);
        return schema with { Node = derived };
    }

    private static string Display(JsonSubschema schema) => schema.Keywords is { } keywords ? JsonTypesExtensions.Of(keywords) is var types and not JsonTypes.All ? types.Display() : "anything" : "anything";

    private static void Add(List<SchemaProblem> found, string path, string what, string remedy) => found.Add(new SchemaProblem(path, what, remedy));
}
