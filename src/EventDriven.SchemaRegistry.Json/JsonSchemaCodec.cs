using System.Text.Json.Serialization.Metadata;

namespace EventDriven.SchemaRegistry.Json;

/// <inheritdoc/>
internal sealed class JsonSchemaCodec<T>(JsonTypeInfo<T> type, SchemaDefinition schema, bool validateOnWrite, bool validateOnRead) : SchemaCodec<T>
{
    public override SchemaFormat Format => SchemaFormat.Json;

    public override string ContentType => "application/json";

    public override SchemaDefinition Schema => schema;

    public override SchemaWriter<T> CreateWriter(FoundSchema schema) => new JsonSchemaWriter<T>(type, validateOnWrite ? new JsonValidator(schema.Schema) : null);

    public override SchemaReader<T> CreateReader(KnownSchema writer) => new JsonSchemaReader<T>(type, validateOnRead ? new JsonValidator(writer) : null);
}
