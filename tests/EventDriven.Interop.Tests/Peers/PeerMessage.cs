using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EventDriven.Interop.Tests.Peers;

/// <summary>What a client knows of a Protobuf message before it meets a registry, as code that was generated from the same files would.</summary>
/// <param name="Name">The full name of the message.</param>
/// <param name="Files">The descriptors of its file and of all that it imports, in base64, each behind those that it imports itself.</param>
public sealed record PeerMessage(string Name, IReadOnlyList<string> Files)
{
    /// <summary>What is known of a value; null where it is no message of Protobuf.</summary>
    public static PeerMessage? Of(object value) => value is IMessage message ? new PeerMessage(message.Descriptor.FullName, FilesOf(message.Descriptor)) : null;

    private static IReadOnlyList<string> FilesOf(MessageDescriptor message)
    {
        List<FileDescriptor> files = [];
        Add(message.File);
        return [.. files.Select(static file => file.SerializedData.ToBase64())];

        void Add(FileDescriptor file)
        {
            foreach (var import in file.Dependencies) Add(import);
            if (!files.Contains(file)) files.Add(file);
        }
    }
}
