using System.Text.Json;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>
/// Tells of events whose schema is a <c>oneOf</c> or <c>anyOf</c> which of its branches they are: by a property that has another constant in each, where there is one; else by validating.
/// </summary>
internal sealed class UnionNames : SchemaNames
{
    private readonly (string? Title, JsonValidator Validator)[] _branches;

    private UnionNames((string? Title, JsonValidator Validator)[] branches) => _branches = branches;

    /// <summary>The title of a schema, or those of its branches.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="NotSupportedException">A branch is nothing that can be looked at.</exception>
    public static SchemaNames Of(KnownSchema schema)
    {
        using var document = JsonDocument.Parse(schema.Text);
        var root = document.RootElement;
        if (root.ValueKind is not JsonValueKind.Object || !(root.TryGetProperty("oneOf", out var branches) || root.TryGetProperty("anyOf", out branches)) || branches.ValueKind is not JsonValueKind.Array)
        {
            return Always(TypeSchema.TitleOf(schema.Text));
        }

        var found = branches.EnumerateArray().Select(branch => Branch(branch, root, schema)).ToArray();

        // A choice within one event, such as of null and an object, names no events.
        if (Array.TrueForAll(found, static branch => branch.Title is null)) return Always(TypeSchema.TitleOf(schema.Text));

        return TagNames.Of(found.Select(static branch => (branch.Title, branch.Text)))
            ?? (SchemaNames)new UnionNames([.. found.Select(branch => (branch.Title, new JsonValidator(new KnownSchema { Id = schema.Id, Format = SchemaFormat.Json, Text = branch.Text, References = schema.References })))]);
    }

    public override string? Of(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        foreach (var (title, validator) in _branches)
        {
            if (validator.IsValid(body)) return title;
        }

        return null;
    }

    private static (string? Title, string Text) Branch(JsonElement branch, JsonElement root, KnownSchema schema)
    {
        var text = branch.GetRawText();
        if (branch.ValueKind is JsonValueKind.Object && branch.TryGetProperty("$ref", out var reference) && reference.ValueKind is JsonValueKind.String)
        {
            var name = reference.GetString()!;
            text = schema.References.FirstOrDefault(known => known.Name == name)?.Text ?? Local(name, root) ?? text;
        }

        return (TypeSchema.TitleOf(text), text);
    }

    /// <summary>What <c>#/$defs/Order</c> points to.</summary>
    private static string? Local(string reference, JsonElement root)
    {
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) return null;

        foreach (var part in reference[2..].Split('/'))
        {
            if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty(part, out root)) return null;
        }

        return root.GetRawText();
    }
}
