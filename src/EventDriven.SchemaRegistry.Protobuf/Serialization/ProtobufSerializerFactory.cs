using System.Collections.Concurrent;
using EventDriven.SchemaRegistry.Protobuf.Messages;
using EventDriven.SchemaRegistry.Protobuf.Schemas;

namespace EventDriven.SchemaRegistry.Protobuf.Serialization;

/// <inheritdoc/>
internal sealed class ProtobufSerializerFactory(SchemaSettings settings, ProtobufOptions options) : SchemaSerializerFactory(settings)
{
    private readonly FileDefinitions _files = new(options);

    /// <summary>What the builder's own types are called.</summary>
    private readonly ConcurrentDictionary<string, bool> _own = new(StringComparer.Ordinal);

    protected override bool HasPath => true;

    public override string? NameOf<T>()
    {
        var name = MessageType.Of<T>(options).Descriptor.FullName;
        _own[name] = true;
        return name;
    }

    protected override SchemaCodec<T> CreateCodec<T>()
    {
        var message = MessageType.Of<T>(options);
        return new ProtobufCodec<T>(message, _files.Of(message.Descriptor), options.Aliases.GetValueOrDefault(typeof(T)), Settings.Use.Normalize);
    }

    protected override SchemaNames CreateNames(KnownSchema schema) => schema.Format is SchemaFormat.Protobuf ? new MessageNames(ProtoFile.Parse(schema.Text), _own.ContainsKey) : SchemaNames.Always(null);
}
