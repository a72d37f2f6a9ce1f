using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EventDriven.SchemaRegistry.Protobuf.Messages;

/// <summary>What is known of a generated message. Immutable.</summary>
internal sealed class MessageType(MessageParser parser, MessageDescriptor descriptor)
{
    public MessageParser Parser => parser;

    public MessageDescriptor Descriptor => descriptor;

    /// <summary>Whether it, or a message in it, has fields that must be there, as proto2 has them.</summary>
    public bool HasRequiredFields { get; } = RequiredFields.Has(descriptor);

    /// <exception cref="NotSupportedException">It is no message, or what is generated with it was trimmed away.</exception>
    public static MessageType Of<T>(ProtobufOptions options)
    {
        if (options.Messages.TryGetValue(typeof(T), out var given)) return given;
        if (!typeof(IMessage).IsAssignableFrom(typeof(T)) || typeof(T).IsAbstract)
        {
            throw new NotSupportedException($"{typeof(T)} is no Protobuf message. Generate it from a .proto file with Google's compiler, or choose another serializer.");
        }

        return Find<T>() ?? throw new NotSupportedException(
            $"{typeof(T)} has no static property Parser or none called Descriptor; they may have been trimmed away. Name it: UseProtobuf(o => o.UseParser({typeof(T).Name}.Parser)).");
    }

    [UnconditionalSuppressMessage("Trimming", "IL2090", Justification = "Where they were trimmed away, the start says what to do.")]
    private static MessageType? Find<T>()
    {
        const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;
        return typeof(T).GetProperty("Parser", Static)?.GetValue(null) is MessageParser parser && typeof(T).GetProperty("Descriptor", Static)?.GetValue(null) is MessageDescriptor descriptor
            ? new MessageType(parser, descriptor)
            : null;
    }
}
