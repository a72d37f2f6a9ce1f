using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EventDriven.SchemaRegistry.Protobuf.Schemas;

/// <summary>Reads files that are registered as serialized descriptors, in base64.</summary>
internal static class DescriptorFile
{
    /// <exception cref="FormatException">It is no base64.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is no descriptor. How deep its messages are in one another is limited by the library.</exception>
    public static ProtoFile Parse(string base64)
    {
        var file = FileDescriptorProto.Parser.ParseFrom(Convert.FromBase64String(base64));
        return new ProtoFile([.. file.MessageType.Select(message => Of(message, file.Package))], countsMapEntries: true);
    }

    private static ProtoMessage Of(DescriptorProto descriptor, string scope)
    {
        var message = new ProtoMessage(scope.Length == 0 ? descriptor.Name : $"{scope}.{descriptor.Name}", descriptor.Options?.MapEntry is true);
        message.Nested.AddRange(descriptor.NestedType.Select(nested => Of(nested, message.FullName)));
        return message;
    }
}
