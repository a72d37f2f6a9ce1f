using System.Text;
using NJsonSchema;
using NJsonSchema.Generation;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>Validates JSON by a schema, with what it refers to. Thread-safe.</summary>
internal sealed class JsonValidator
{
    private const int Told = 3;

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

    private static Task<JsonSchema> ParseAsync(string text, IReadOnlyList<ReferencedSchema> references)
    {
        return JsonSchema.FromJsonAsync(text, ".", Resolver, CancellationToken.None);

        JsonReferenceResolver Resolver(JsonSchema root)
        {
            var resolver = new OfflineResolver(new JsonSchemaAppender(root, new DefaultTypeNameGenerator()), references);
            return resolver;
        }
    }

    /// <summary>Finds what is referred to among the schemas of the registry, and nowhere else: a schema must not make its reader open files or addresses.</summary>
    private sealed class OfflineResolver(JsonSchemaAppender appender, IReadOnlyList<ReferencedSchema> references) : JsonReferenceResolver(appender)
    {
        public override string ResolveFilePath(string documentPath, string jsonPath) => jsonPath;

        public override Task<NJsonSchema.References.IJsonReference> ResolveFileReferenceAsync(string filePath, CancellationToken cancellationToken = default) => FindAsync(filePath);

        public override Task<NJsonSchema.References.IJsonReference> ResolveUrlReferenceAsync(string url, CancellationToken cancellationToken = default) => FindAsync(url);

        private async Task<NJsonSchema.References.IJsonReference> FindAsync(string name) =>
            references.FirstOrDefault(reference => reference.Name == name) is { } found
                ? await ParseAsync(found.Text, references).ConfigureAwait(false)
                : throw new NotSupportedException($"it refers to '{name}', which the registry does not name.");
    }
}
