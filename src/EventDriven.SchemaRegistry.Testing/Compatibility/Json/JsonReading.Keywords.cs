using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventDriven.SchemaRegistry.Testing;

/// <content>Types, values and limits.</content>
internal sealed partial class JsonReading
{
    private static readonly (string Keyword, JsonTypes Of, bool IsUpper)[] Limits =
    [
        ("maxLength", JsonTypes.Text, true), ("minLength", JsonTypes.Text, false), ("maxItems", JsonTypes.Array, true), ("minItems", JsonTypes.Array, false),
        ("maxProperties", JsonTypes.Object, true), ("minProperties", JsonTypes.Object, false),
    ];

    /// <summary>Keywords that are judged only as the same or not.</summary>
    private static readonly (string Keyword, JsonTypes Of)[] Opaque =
    [
        ("pattern", JsonTypes.Text), ("format", JsonTypes.Text), ("contains", JsonTypes.Array), ("minContains", JsonTypes.Array), ("maxContains", JsonTypes.Array),
        ("unevaluatedItems", JsonTypes.Array), ("unevaluatedProperties", JsonTypes.Object), ("propertyNames", JsonTypes.Object), ("dependentSchemas", JsonTypes.Object),
        ("$dynamicRef", JsonTypes.All), ("$recursiveRef", JsonTypes.All),
    ];

    private void CompareKeywords(JsonSubschema writer, JsonSubschema reader, string path, List<SchemaProblem> found)
    {
        var (given, wanted) = (writer.Keywords!, reader.Keywords!);
        var types = JsonTypesExtensions.Of(given);
        var taken = TypesAlone(wanted);
        CompareValues(given, wanted, types, path, found);
        if ((types & ~taken) is var refused and not JsonTypes.None)
        {
            Add(found, path, $"{_writer} may write {(types is JsonTypes.All ? "anything" : refused.Display())} here, and {_reader} takes only {taken.Display()}.", "Keep the type, or take both: \"type\": [\"…\", \"…\"]; or add a property of another name.");
            types &= taken;
        }

        foreach (var (keyword, of) in Opaque)
        {
            if ((types & of) != 0 && wanted.ContainsKey(keyword) && !JsonNode.DeepEquals(wanted[keyword], given[keyword]))
            {
                Add(found, path, $"'{keyword}' in {_reader} is {wanted[keyword]?.ToJsonString()}, and {_writer} {(given[keyword] is { } other ? $"has {other.ToJsonString()}" : "has none")}.", $"Keep '{keyword}' as it was, or drop it.");
            }
        }

        foreach (var (keyword, of, isUpper) in Limits)
        {
            if ((types & of) != 0) CompareLimit(Number(given, keyword) ?? LimitOfValues(given, keyword), Number(wanted, keyword), keyword, isUpper, path, found);
        }

        if ((types & JsonTypes.Number) != 0) CompareNumbers(given, wanted, types, path, found);
        if ((types & JsonTypes.Array) != 0) CompareItems(writer, reader, path, found);
        if ((types & JsonTypes.Object) != 0) CompareObjects(writer, reader, path, found);
    }

    private void CompareValues(JsonObject given, JsonObject wanted, JsonTypes types, string path, List<SchemaProblem> found)
    {
        if (JsonTypesExtensions.ValuesOf(wanted) is not { } taken) return;

        var written = JsonTypesExtensions.ValuesOf(given)?.Where(value => (JsonTypesExtensions.OfValue(value) & TypesAlone(given)) != 0)
            ?? (types is JsonTypes.Null ? [null] : types is JsonTypes.Boolean ? [JsonValue.Create(true), JsonValue.Create(false)] : null);
        if (written is null)
        {
            Add(found, path, $"{_writer} may write any {types.Display()} here, and {_reader} takes only {string.Join(", ", taken.Select(Text))}.", "Take what was taken before.");
            return;
        }

        foreach (var value in written.Where(value => !taken.Any(one => JsonNode.DeepEquals(one, value))))
        {
            Add(found, path, $"{_writer} may write {Text(value)} here, which {_reader} does not know.", "Keep the value; new ones are read by those only who know them.");
        }
    }

    private void CompareNumbers(JsonObject given, JsonObject wanted, JsonTypes types, string path, List<SchemaProblem> found)
    {
        foreach (var (inclusive, exclusive, isUpper) in ((string, string, bool)[])[("maximum", "exclusiveMaximum", true), ("minimum", "exclusiveMinimum", false)])
        {
            // The narrower of both counts, on either side.
            var (mine, open) = Bound(given, inclusive, exclusive, isUpper);
            var (limit, isOpen) = Bound(wanted, inclusive, exclusive, isUpper);
            if (limit is null) continue;

            var beyond = mine is null || (isUpper ? mine > limit : mine < limit) || (mine == limit && isOpen && !open);
            if (beyond) AddLimit(isOpen ? exclusive : inclusive, limit.Value, mine, path, found);
        }

        if (Number(wanted, "multipleOf") is { } unit && unit != 0 && !(Number(given, "multipleOf") is { } step && step % unit == 0) && !(unit == 1 && (types & JsonTypes.Fraction) == 0))
        {
            AddLimit("multipleOf", unit, Number(given, "multipleOf"), path, found);
        }
    }

    private void CompareLimit(double? mine, double? limit, string keyword, bool isUpper, string path, List<SchemaProblem> found)
    {
        if (limit is null || (!isUpper && limit <= 0)) return;

        if (mine is null || (isUpper ? mine > limit : mine < limit)) AddLimit(keyword, limit.Value, mine, path, found);
    }

    private void AddLimit(string keyword, double limit, double? mine, string path, List<SchemaProblem> found) => Add(
        found, path, FormattableString.Invariant($"'{keyword}' in {_reader} is {limit}, and {_writer} {(mine is { } other ? FormattableString.Invariant($"has {other}") : "has none")}."), "Take what was taken before.");

    /// <summary>The types by the keyword <c>type</c> alone.</summary>
    private static JsonTypes TypesAlone(JsonObject schema) => schema["type"] is { } type ? JsonTypesExtensions.Of(new JsonObject { ["type"] = type.DeepClone() }) : JsonTypes.All;

    private static (double? Limit, bool IsOpen) Bound(JsonObject schema, string inclusive, string exclusive, bool isUpper)
    {
        var (closed, open) = (Number(schema, inclusive), Number(schema, exclusive));

        // In the oldest drafts it says of the other whether it is open.
        if (schema[exclusive]?.GetValueKind() is JsonValueKind.True) return (closed, true);
        if (closed is null && open is null && JsonTypesExtensions.ValuesOf(schema) is { } values)
        {
            var numbers = values.OfType<JsonValue>().Where(static value => value.GetValueKind() is JsonValueKind.Number).Select(static value => value.GetValue<double>()).ToArray();
            return numbers.Length == 0 ? (null, false) : (isUpper ? numbers.Max() : numbers.Min(), false);
        }

        return open is not null && (closed is null || (isUpper ? open <= closed : open >= closed)) ? (open, true) : (closed, false);
    }

    /// <summary>The longest or shortest of the texts that a schema lists.</summary>
    private static double? LimitOfValues(JsonObject schema, string keyword)
    {
        if (keyword is not ("maxLength" or "minLength") || JsonTypesExtensions.ValuesOf(schema) is not { } values) return null;

        var lengths = values.OfType<JsonValue>().Where(static value => value.GetValueKind() is JsonValueKind.String).Select(static value => (double)value.GetValue<string>().EnumerateRunes().Count()).ToArray();
        return lengths.Length == 0 ? null : keyword is "maxLength" ? lengths.Max() : lengths.Min();
    }

    private static double? Number(JsonObject schema, string keyword) => schema[keyword] is JsonValue value && value.GetValueKind() is JsonValueKind.Number ? value.GetValue<double>() : null;

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "null";
}
