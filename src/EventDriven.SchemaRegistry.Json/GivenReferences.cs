using System.Text.Json;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>The schemas that others refer to, each made once, with those that it refers to itself.</summary>
internal sealed class GivenReferences
{
    private readonly IReadOnlyDictionary<string, (string Subject, string Schema)> _given;
    private readonly Dictionary<string, SchemaDependency?> _made = new(StringComparer.Ordinal);

    public GivenReferences(IReadOnlyDictionary<string, (string Subject, string Schema)> given) => _given = given;

    /// <summary>What a schema refers to, in the order of its text. A name that was not given is left to the registry, which says what is missing.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="NotSupportedException">Schemas refer to each other in a circle, which no registry can take.</exception>
    public IReadOnlyList<SchemaDependency> Of(string text)
    {
        using var schema = JsonDocument.Parse(text);
        var names = new List<string>();
        Collect(schema.RootElement, names);
        lock (_made) return [.. names.Distinct(StringComparer.Ordinal).Where(_given.ContainsKey).Select(Make)];
    }

    private SchemaDependency Make(string name)
    {
        if (_made.TryGetValue(name, out var made)) return made ?? throw new NotSupportedException($"The schema '{name}' refers to itself through others, and can't be registered before itself.");

        _made[name] = null;
        var (subject, text) = _given[name];
        try
        {
            return _made[name] = new SchemaDependency(name, subject, new SchemaDefinition(SchemaFormat.Json, text) { Name = TypeSchema.TitleOf(text), Dependencies = Of(text) });
        }
        catch (JsonException exception)
        {
            throw new NotSupportedException($"The schema that was given as '{name}' is no JSON: {exception.Message}", exception);
        }
    }

    private static void Collect(JsonElement element, List<string> names)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (member.NameEquals("$ref") && member.Value.ValueKind is JsonValueKind.String) names.Add(member.Value.GetString()!.Split('#')[0]);
                    else Collect(member.Value, names);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Collect(item, names);
                break;
        }
    }
}
