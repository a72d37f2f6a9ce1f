using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using NJsonSchema;
using NJsonSchema.Generation;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>Validates JSON by a schema, with what it refers to. Thread-safe.</summary>
internal sealed class JsonValidator
{
    private const int Told = 3;
    private const string Address = "http://registry.invalid/";

    private readonly JsonSchema _schema;

    /// <exception cref="NotSupportedException">The schema can't be used.</exception>
    public JsonValidator(KnownSchema schema)
    {
        try
        {
            // Everything is there already, so nothing is waited for: references are never fetched from anywhere.
            _schema = ParseAsync(schema.Text, schema.References).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new NotSupportedException($"the schema can't be used to validate: {exception.Message}", exception);
        }
    }

    /// <exception cref="FormatException">It does not match. The message names the paths, and shows no content.</exception>
    public void Validate(ReadOnlySpan<byte> json)
    {
        ICollection<NJsonSchema.Validation.ValidationError> errors;
        try
        {
            errors = _schema.Validate(Encoding.UTF8.GetString(json));
        }
        catch (Newtonsoft.Json.JsonException exception)
        {
            throw new FormatException("it is not valid JSON.", exception);
        }

        if (errors.Count == 0) return;

        var told = string.Join(", ", errors.Take(Told).Select(static error => $"{(error.Path is { Length: > 0 } path ? path : "#")} ({error.Kind})"));
        throw new FormatException($"it does not match its schema: {told}{(errors.Count > Told ? $" and {errors.Count - Told} more" : "")}.");
    }

    /// <returns>Whether it is JSON that matches.</returns>
    public bool IsValid(ReadOnlySpan<byte> json)
    {
        try
        {
            return _schema.Validate(Encoding.UTF8.GetString(json)).Count == 0;
        }
        catch (Newtonsoft.Json.JsonException)
        {
            return false;
        }
    }

    private static Task<JsonSchema> ParseAsync(string text, IReadOnlyList<ReferencedSchema> references)
    {
        return JsonSchema.FromJsonAsync(Addressed(text, references), ".", Resolver, CancellationToken.None);

        JsonReferenceResolver Resolver(JsonSchema root) => new OfflineResolver(new JsonSchemaAppender(root, new DefaultTypeNameGenerator()), references);
    }

    /// <summary>The library takes names for paths of files and addresses, and makes others of them. So each becomes an address that only the resolver here knows.</summary>
    /// <exception cref="NotSupportedException">It refers to what the registry does not name.</exception>
    private static string Addressed(string text, IReadOnlyList<ReferencedSchema> references)
    {
        if (!text.Contains("$ref", StringComparison.Ordinal)) return text;

        var schema = JsonNode.Parse(text);
        Visit(schema);
        return schema!.ToJsonString();

        void Visit(JsonNode? node)
        {
            if (node is JsonArray items)
            {
                foreach (var item in items) Visit(item);
            }
            else if (node is JsonObject members)
            {
                if (members["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var name) && !name.StartsWith('#')) members["$ref"] = AddressOf(name);
                foreach (var (_, value) in members.ToArray()) Visit(value);
            }
        }

        string AddressOf(string name)
        {
            var fragment = name.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? at : name.Length;
            for (var i = 0; i < references.Count; i++)
            {
                if (references[i].Name == name) return $"{Address}{i}";
                if (name.AsSpan(0, fragment).SequenceEqual(references[i].Name)) return name.Length - fragment > 1 ? $"{Address}{i}{name[fragment..]}" : $"{Address}{i}";
            }

            throw new NotSupportedException($"it refers to '{name}', which the registry does not name.");
        }
    }

    /// <summary>Finds what is referred to among the schemas of the registry, and nowhere else: a schema must not make its reader open files or addresses.</summary>
    private sealed class OfflineResolver(JsonSchemaAppender appender, IReadOnlyList<ReferencedSchema> references) : JsonReferenceResolver(appender)
    {
        public override Task<NJsonSchema.References.IJsonReference> ResolveFileReferenceAsync(string filePath, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("it refers to a file.");

        public override async Task<NJsonSchema.References.IJsonReference> ResolveUrlReferenceAsync(string url, CancellationToken cancellationToken = default) =>
            url.StartsWith(Address, StringComparison.Ordinal) && int.TryParse(url.AsSpan(Address.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < references.Count
                ? await ParseAsync(references[index].Text, references).ConfigureAwait(false)
                : throw new NotSupportedException($"it refers to '{url}', which the registry does not name.");
    }
}
