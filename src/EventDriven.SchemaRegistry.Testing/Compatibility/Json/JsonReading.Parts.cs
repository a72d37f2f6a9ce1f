using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EventDriven.SchemaRegistry.Testing;

/// <content>Items of arrays and properties of objects.</content>
internal sealed partial class JsonReading
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromSeconds(1);

    private void CompareItems(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        if (IsUnique(reader.Keywords!) && !IsUnique(writer.Keywords!)) Add(found, path, $"{_reader} takes only items that differ, and {_writer} may write some twice.", "Drop 'uniqueItems'.");

        var (written, rest) = ItemsOf(writer);
        var (read, readRest) = ItemsOf(reader);
        for (var i = 0; i < Math.Max(written.Count, read.Count); i++)
        {
            Compare(i < written.Count ? written[i] : rest, i < read.Count ? read[i] : readRest, $"{path}/items/{i}", found);
        }

        Compare(rest, readRest, $"{path}/items", found);
    }

    /// <summary>The schemas of the first items, and that of all others.</summary>
    private static (IReadOnlyList<JsonSubschema> First, JsonSubschema Others) ItemsOf(JsonSubschema schema)
    {
        var anything = JsonSubschema.Anything(schema.Document);
        if (schema.ListAt("prefixItems") is { Count: > 0 } prefix) return (prefix, schema.At("items") ?? anything);

        return schema.Keywords?["items"] is JsonArray ? (schema.ListAt("items"), schema.At("additionalItems") ?? anything) : ([], schema.At("items") ?? anything);
    }

    private static bool IsUnique(JsonObject schema) => schema["uniqueItems"]?.GetValueKind() is JsonValueKind.True || Number(schema, "maxItems") <= 1;

    private void CompareObjects(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        foreach (var name in reader.TextsAt("required").Except(writer.TextsAt("required"), StringComparer.Ordinal))
        {
            Add(found, $"{path}/required", $"{_reader} requires '{name}', which {_writer} may leave out.", "Make it optional: a member that is nullable, or a constructor's parameter with a default.");
        }

        CompareDependencies(writer, reader, path, found);
        foreach (var name in reader.MapAt("properties").Keys.Union(writer.MapAt("properties").Keys, StringComparer.Ordinal))
        {
            CompareProperty(name, writer, reader, $"{path}/properties/{name}", found);
        }

        var (rest, readRest) = (RestOf(writer, isWriter: true), RestOf(reader, isWriter: false));
        foreach (var (pattern, taken) in reader.MapAt("patternProperties"))
        {
            // Names of other patterns, or of none, may match this one too.
            var same = writer.MapAt("patternProperties").TryGetValue(pattern, out var mine);
            Compare(same ? mine : rest, taken, $"{path}/patternProperties/{pattern}", found);
            if (!same)
            {
                foreach (var other in writer.MapAt("patternProperties").Values) Compare(other, taken, $"{path}/patternProperties/{pattern}", found);
            }
        }

        foreach (var (pattern, written) in writer.MapAt("patternProperties"))
        {
            if (!reader.MapAt("patternProperties").ContainsKey(pattern)) Compare(written, readRest, $"{path}/patternProperties/{pattern}", found);
        }

        if (readRest.IsNothing && !rest.IsNothing) Add(found, path, $"{_reader} takes no properties but those that it names, and {_writer} may write others.", "Leave additionalProperties open.");
        else Compare(rest, readRest, $"{path}/additionalProperties", found);
    }

    private void CompareProperty(string name, JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        var (written, isNamed) = SchemasOf(name, writer, isWriter: true);
        foreach (var taken in SchemasOf(name, reader, isWriter: false).Schemas)
        {
            if (written.Any(one => IsRead(one, taken))) continue;

            if (taken.IsNothing)
            {
                Add(found, path, $"{_writer} may write this property, and {_reader} does not name it and takes no other.", "Keep the property, or leave additionalProperties open.");
            }
            else if (!isNamed && written[0].IsAnything)
            {
                Add(
                    found, path, $"{_reader} says what this property is, and {_writer}, which does not name it, lets anything stand there.",
                    "Close the schema from the first version on ([JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)] gives additionalProperties: false); or take writers to write only what they name, as the registry's policy LENIENT does.");
            }
            else
            {
                Compare(written[0], taken, path, found);
            }
        }
    }

    /// <summary>What a property must match, all at once, and whether it is named.</summary>
    private (IReadOnlyList<JsonSubschema> Schemas, bool IsNamed) SchemasOf(string name, JsonSubschema schema, bool isWriter)
    {
        List<JsonSubschema> all = [];
        if (schema.MapAt("properties").TryGetValue(name, out var own)) all.Add(own);
        all.AddRange(schema.MapAt("patternProperties").Where(entry => Matches(entry.Key, name, orElse: !isWriter)).Select(static entry => entry.Value));
        return all.Count > 0 ? (all, true) : ([RestOf(schema, isWriter)], false);
    }

    private JsonSubschema RestOf(JsonSubschema schema, bool isWriter)
    {
        var said = schema.At("additionalProperties") ?? JsonSubschema.Anything(schema.Document);
        if (!_lenient) return said;

        return isWriter && said.IsAnything ? JsonSubschema.Nothing(schema.Document) : !isWriter && said.IsNothing ? JsonSubschema.Anything(schema.Document) : said;
    }

    private void CompareDependencies(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        foreach (var keyword in (string[])["dependencies", "dependentRequired"])
        {
            foreach (var (name, dependency) in reader.MapAt(keyword))
            {
                var isKept = writer.MapAt(keyword).TryGetValue(name, out var mine) && JsonNode.DeepEquals(mine.Node, dependency.Node);
                var isGiven = dependency.Node is JsonArray names && names.All(one => writer.TextsAt("required").Contains(one?.ToString() ?? "", StringComparer.Ordinal));
                if (!isKept && !isGiven) Add(found, $"{path}/{keyword}/{name}", $"{_reader} asks for more where '{name}' is there, and {_writer} does not.", "Keep the dependency as it was, or drop it.");
            }
        }
    }

    /// <param name="pattern">A regular expression.</param>
    /// <param name="name">The name of a property.</param>
    /// <param name="orElse">What is said of one that can't be used: a reader must be taken to mean it, a writer not.</param>
    private static bool Matches(string pattern, string name, bool orElse)
    {
        try
        {
            return Regex.IsMatch(name, pattern, RegexOptions.ECMAScript, RegexLimit);
        }
        catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
        {
            return orElse;
        }
    }

    /// <summary>Whether no value matches both, as far as can be told.</summary>
    private bool AreDisjoint(JsonSubschema left, JsonSubschema right)
    {
        // What is taken of writers is no word about what a schema refuses.
        var lenient = _lenient;
        _lenient = false;
        try
        {
            return AreApart(left, right);
        }
        finally
        {
            _lenient = lenient;
        }
    }

    private bool AreApart(JsonSubschema left, JsonSubschema right)
    {
        if (left.IsNothing || right.IsNothing) return true;
        if (Target(left) is not { Keywords: { } some } one || Target(right) is not { Keywords: { } more } other) return false;

        var types = JsonTypesExtensions.Of(some) & JsonTypesExtensions.Of(more);
        if (types is JsonTypes.None) return true;
        if ((one.At("not") is { } refused && IsRead(other, refused)) || (other.At("not") is { } denied && IsRead(one, denied))) return true;
        if (JsonTypesExtensions.ValuesOf(some) is { } values && JsonTypesExtensions.ValuesOf(more) is { } others) return !values.Any(value => others.Any(another => JsonNode.DeepEquals(value, another)));

        return types is JsonTypes.Object && (Excludes(one, other) || Excludes(other, one));
    }

    private bool Excludes(JsonSubschema one, JsonSubschema other) => one.TextsAt("required").Any(name =>
        SchemasOf(name, other, isWriter: false).Schemas.Any(theirs => theirs.IsNothing || SchemasOf(name, one, isWriter: true).Schemas.Any(mine => AreDisjoint(mine, theirs))));

    private static JsonSubschema? Target(JsonSubschema schema) => schema.Keywords?["$ref"] is JsonValue reference
        ? schema.Document.Find(reference.ToString()) is { } found ? new JsonSubschema(found.Schema, found.Document) : null
        : schema;
}
