using System.Buffers;
using Google.Protobuf;

namespace EventDriven.SchemaRegistry.Protobuf.Schemas;

/// <summary>What the indexes of messages need to know of a file: its messages, in their order, and their names. Immutable once read.</summary>
internal sealed class ProtoFile(List<ProtoMessage> messages, bool countsMapEntries)
{
    private static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n");

    /// <summary>
    /// Whether indexes by this file count the entries of map fields: a descriptor has each as a message of its own, a text with <c>map&lt;…&gt;</c> fields has none. The client vendor's own clients count what
    /// they have before them, so both occur.
    /// </summary>
    public bool CountsMapEntries => countsMapEntries;

    /// <summary>Reads a file as a registry has it: the text of a <c>.proto</c>, or a serialized descriptor in base64.</summary>
    /// <exception cref="NotSupportedException">It is neither; the message says why.</exception>
    public static ProtoFile Parse(string text)
    {
        try
        {
            return IsDescriptor(text) ? DescriptorFile.Parse(text) : ProtoParser.Parse(text);
        }
        catch (Exception broken) when (broken is FormatException or InvalidProtocolBufferException)
        {
            throw new NotSupportedException($"the schema is no .proto file: {broken.Message}", broken);
        }
    }

    /// <summary>Whether it is a serialized descriptor rather than the text of a <c>.proto</c>.</summary>
    public static bool IsDescriptor(string text) => !text.AsSpan().ContainsAnyExcept(Base64);

    /// <summary>The full name of the message with these indexes; null if there is none.</summary>
    public string? NameOf(ReadOnlySpan<int> path, bool countMapEntries)
    {
        var among = messages;
        ProtoMessage? found = null;
        foreach (var index in path)
        {
            if ((found = At(among, index, countMapEntries)) is null) return null;

            among = found.Nested;
        }

        return found is { IsMapEntry: false } ? found.FullName : null;
    }

    /// <summary>The indexes of the message with this full name; null if there is none.</summary>
    public int[]? PathOf(string fullName, bool countMapEntries)
    {
        var path = new List<int>();
        return Find(messages) ? [.. path] : null;

        bool Find(List<ProtoMessage> among)
        {
            var index = 0;
            foreach (var message in among)
            {
                if (message.IsMapEntry)
                {
                    if (countMapEntries) index++;
                    continue;
                }

                path.Add(index);
                if (message.FullName == fullName || (fullName.StartsWith(message.FullName, StringComparison.Ordinal) && Find(message.Nested))) return true;

                path.RemoveAt(path.Count - 1);
                index++;
            }

            return false;
        }
    }

    private static ProtoMessage? At(List<ProtoMessage> among, int index, bool countMapEntries)
    {
        if (countMapEntries) return index < among.Count ? among[index] : null;

        foreach (var message in among)
        {
            if (!message.IsMapEntry && index-- == 0) return message;
        }

        return null;
    }
}
