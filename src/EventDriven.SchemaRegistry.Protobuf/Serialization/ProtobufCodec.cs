using EventDriven.SchemaRegistry.Protobuf.Messages;
using EventDriven.SchemaRegistry.Protobuf.Schemas;

namespace EventDriven.SchemaRegistry.Protobuf.Serialization;

/// <inheritdoc/>
internal sealed class ProtobufCodec<T>(MessageType message, SchemaDefinition schema, IReadOnlySet<string>? aliases, bool isNormalized) : SchemaCodec<T>
{
    public override SchemaFormat Format => SchemaFormat.Protobuf;

    public override string ContentType => "application/protobuf";

    public override SchemaDefinition Schema => schema;

    public override bool HasPath => true;

    public override SchemaWriter<T> CreateWriter(FoundSchema schema)
    {
        var file = ProtoFile.Parse(schema.Schema.Text);

        // A registry that normalizes turns the entries that the compiler made of map fields back into map fields.
        var path = file.PathOf(message.Descriptor.FullName, file.CountsMapEntries && !(schema.IsOwn && isNormalized))
            ?? throw new NotSupportedException($"the schema (id {schema.Schema.Id}) has no message {message.Descriptor.FullName}.");
        return new ProtobufWriter<T>(MessagePath.Encode(path), message.HasRequiredFields);
    }

    public override SchemaReader<T> CreateReader(KnownSchema writer) => new ProtobufReader<T>(message, ProtoFile.Parse(writer.Text), aliases);
}
