using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Reads files that are registered as serialized descriptors, in base64, which is how most clients register them.</summary>
internal static class ProtobufDescriptor
{
    /// <exception cref="FormatException">It is no base64, or has no message and no name.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is no descriptor.</exception>
    public static ProtobufSource Read(string base64)
    {
        var file = FileDescriptorProto.Parser.ParseFrom(Convert.FromBase64String(base64));

        // Almost any bytes are a message of unknown fields.
        if (!file.HasName) throw new FormatException("it is no descriptor of a file.");

        var source = new ProtobufSource { Package = file.Package };
        source.Messages.AddRange(file.MessageType.Select(message => Of(message, file.Package, file.Syntax == "proto3")));
        source.Enums.AddRange(file.EnumType.Select(symbols => Join(file.Package, symbols.Name)));
        return source;
    }

    private static ProtobufMessage Of(DescriptorProto descriptor, string scope, bool isProto3)
    {
        var message = new ProtobufMessage(scope, descriptor.Name) { IsMapEntry = descriptor.Options?.MapEntry is true };
        message.Fields.AddRange(descriptor.Field.Select(field => Of(field, descriptor, isProto3)));
        message.Messages.AddRange(descriptor.NestedType.Select(nested => Of(nested, message.FullName, isProto3)));
        message.Enums.AddRange(descriptor.EnumType.Select(symbols => Join(message.FullName, symbols.Name)));
        return message;
    }

    private static ProtobufField Of(FieldDescriptorProto field, DescriptorProto message, bool isProto3)
    {
        // A field that says "optional" in proto3 is the only one of a oneof that the compiler made.
        var oneOf = field.HasOneofIndex && !field.Proto3Optional ? message.OneofDecl[field.OneofIndex].Name : null;
        var label = field.Label switch
        {
            FieldDescriptorProto.Types.Label.Repeated => ProtobufLabel.Repeated,
            FieldDescriptorProto.Types.Label.Required => ProtobufLabel.Required,
            _ when oneOf is not null || (isProto3 && !field.Proto3Optional) => ProtobufLabel.None,
            _ => ProtobufLabel.Optional,
        };
        var type = field.TypeName.Length > 0 ? field.TypeName : field.Type.ToString().ToLowerInvariant();
        return new ProtobufField(field.Number, field.Name, type, label, oneOf, IsGroup: field.Type is FieldDescriptorProto.Types.Type.Group);
    }

    private static string Join(string scope, string name) => scope.Length == 0 ? name : $"{scope}.{name}";
}
