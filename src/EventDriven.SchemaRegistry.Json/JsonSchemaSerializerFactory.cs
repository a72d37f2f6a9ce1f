using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventDriven.SchemaRegistry.Json;

/// <inheritdoc/>
internal sealed class JsonSchemaSerializerFactory(SchemaSettings settings, JsonSchemaOptions options) : SchemaSerializerFactory(settings)
{
    private readonly JsonSerializerOptions _json = Complete(options.SerializerOptions ?? new JsonSerializerOptions(JsonSerializerDefaults.Web));

    private readonly Lazy<GivenReferences> _references = new(() => new GivenReferences(options.References));

    public override string? NameOf<T>() => DefinitionOf(TypeInfoOf<T>()).Name;

    protected override SchemaCodec<T> CreateCodec<T>()
    {
        var type = TypeInfoOf<T>();
        return new JsonSchemaCodec<T>(type, DefinitionOf(type), options.ValidateOnWrite, options.ValidateOnRead);
    }

    protected override SchemaNames CreateNames(KnownSchema schema) => schema.Format is SchemaFormat.Json ? UnionNames.Of(schema) : SchemaNames.Always(null);

    private SchemaDefinition DefinitionOf<T>(JsonTypeInfo<T> type) => options.Schemas.TryGetValue(typeof(T), out var given) ? TypeSchema.Given(typeof(T), given, _references.Value) : TypeSchema.Of(type);

    private JsonTypeInfo<T> TypeInfoOf<T>()
    {
        try
        {
            return (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T));
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException)
        {
            throw new NotSupportedException(
                $"System.Text.Json has no contract for {typeof(T)}: {exception.Message} "
                + $"Name it in a source-generated context ([JsonSerializable(typeof({typeof(T).Name}))]) and pass that with .UseJsonSchema(MyContext.Default).",
                exception);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only where the application keeps reflection-based serialization, which trimming turns off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Only where the application keeps reflection-based serialization, which native compilation turns off.")]
    private static JsonSerializerOptions Complete(JsonSerializerOptions given)
    {
        if (given.TypeInfoResolver is not null) return given;

        return new JsonSerializerOptions(given)
        {
            TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : JsonTypeInfoResolver.Combine(),
        };
    }
}
