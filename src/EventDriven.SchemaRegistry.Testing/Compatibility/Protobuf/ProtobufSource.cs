using EventDriven.SchemaRegistry.Protobuf.Schemas;
using Google.Protobuf;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A file of messages as its changes are judged by: the types, and not the options, services and extensions.</summary>
internal sealed class ProtobufSource
{
    public string Package { get; set; } = "";

    public List<ProtobufMessage> Messages { get; } = [];

    /// <summary>The full names of the enums beside its messages.</summary>
    public List<string> Enums { get; } = [];

    /// <summary>Reads a file as registries have it: the text of a <c>.proto</c>, or a serialized descriptor in base64.</summary>
    /// <exception cref="FormatException">It is neither; the message says why.</exception>
    public static ProtobufSource Parse(string text)
    {
        try
        {
            return ProtoFile.IsDescriptor(text) ? ProtobufDescriptor.Read(text) : ProtobufTextParser.Parse(text);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new FormatException(broken.Message, broken);
        }
    }
}
