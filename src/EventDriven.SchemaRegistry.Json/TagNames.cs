using System.Text.Json;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>Tells events of several schemas apart by one property of theirs that has another constant text in each, without reading the rest.</summary>
internal sealed class TagNames : SchemaNames
{
    private readonly byte[] _property;
    private readonly (byte[] Value, string? Title)[] _values;

    private TagNames(byte[] property, (byte[] Value, string? Title)[] values) => (_property, _values) = (property, values);

    /// <returns>Null where the schemas have no such property.</returns>
    /// <exception cref="JsonException">One is no JSON.</exception>
    public static TagNames? Of(IEnumerable<(string? Title, string Schema)> schemas)
    {
        var constants = schemas.Select(static schema => (schema.Title, Constants: ConstantsOf(schema.Schema))).ToArray();
        foreach (var property in constants[0].Constants.Keys)
        {
            var values = constants.Select(schema => schema.Constants.GetValueOrDefault(property)).ToArray();
            if (Array.TrueForAll(values, static value => value is not null) && values.Distinct(StringComparer.Ordinal).Count() == values.Length)
            {
                return new TagNames(Utf8(property), [.. constants.Zip(values, static (schema, value) => (Utf8(value!), schema.Title))]);
            }
        }

        return null;
    }

    public override string? Of(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject) return null;

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isTag = reader.ValueTextEquals(_property);
            reader.Read();
            if (isTag) return TitleOf(ref reader);

            reader.Skip();
        }

        return null;
    }

    private string? TitleOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.String) return null;

        foreach (var (value, title) in _values)
        {
            if (reader.ValueTextEquals(value)) return title;
        }

        return null;
    }

    /// <summary>The properties that can have one text only: <c>const</c>, or an <c>enum</c> of one.</summary>
    private static Dictionary<string, string> ConstantsOf(string text)
    {
        using var schema = JsonDocument.Parse(text);
        var constants = new Dictionary<string, string>(StringComparer.Ordinal);
        if (schema.RootElement.ValueKind is not JsonValueKind.Object || !schema.RootElement.TryGetProperty("properties", out var properties) || properties.ValueKind is not JsonValueKind.Object) return constants;

        foreach (var property in properties.EnumerateObject())
        {
            if (property.Value.ValueKind is not JsonValueKind.Object) continue;
            if (property.Value.TryGetProperty("enum", out var all) && all.ValueKind is JsonValueKind.Array && all.GetArrayLength() == 1 && all[0].ValueKind is JsonValueKind.String) constants[property.Name] = all[0].GetString()!;
            if (property.Value.TryGetProperty("const", out var constant) && constant.ValueKind is JsonValueKind.String) constants[property.Name] = constant.GetString()!;
        }

        return constants;
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
