using System.Buffers.Binary;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// The wire format of every client: <c>0x00</c> and a big-endian id, or <c>0x01</c> and a GUID in RFC byte order, in front of the body or in a header of the record; the header
/// goes first.
/// </summary>
internal readonly struct SchemaFrame
{
    public const string KeyHeader = "__key_schema_id";
    public const string ValueHeader = "__value_schema_id";

    private const byte IdMagic = 0;
    private const byte GuidMagic = 1;
    private const int IdLength = 1 + sizeof(int);
    private const int GuidLength = 1 + 16;

    private SchemaFrame(SchemaKey key, ReadOnlyMemory<byte> path, ReadOnlyMemory<byte> body)
    {
        Key = key;
        Path = path;
        Body = body;
    }

    /// <summary>By which schema it was written.</summary>
    public SchemaKey Key { get; }

    /// <summary>The message index path of Protobuf, as bytes; empty in the other formats.</summary>
    public ReadOnlyMemory<byte> Path { get; }

    /// <summary>The event itself.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Takes a record apart.</summary>
    /// <param name="data">Its value or key.</param>
    /// <param name="context">Where it comes from.</param>
    /// <param name="hasPath">Whether a message index path follows the id.</param>
    /// <param name="frame">Its parts.</param>
    /// <returns>What is wrong, as the end of a sentence; null if nothing is.</returns>
    public static string? Read(ReadOnlyMemory<byte> data, in EventSerializationContext context, bool hasPath, out SchemaFrame frame)
    {
        frame = default;
        if (context.TryGetHeader(HeaderOf(context.Component), out var header) && !header.IsEmpty)
        {
            if (ReadKey(header.Span, out var key, out var length) is { } wrong) return $"its header {HeaderOf(context.Component)} {wrong}";

            var path = header[length..];
            if (hasPath && CheckPath(path, out _) is { } wrongPath) return wrongPath;

            frame = new SchemaFrame(key, hasPath ? path : default, data);
            return null;
        }
        else
        {
            if (ReadKey(data.Span, out var key, out var length) is { } wrong) return $"it {wrong}";

            var body = data[length..];
            var pathLength = 0;
            if (hasPath && CheckPath(body, out pathLength) is { } wrongPath) return wrongPath;

            frame = new SchemaFrame(key, body[..pathLength], body[pathLength..]);
            return null;
        }
    }

    /// <summary>What stands in front of the body, or in the header, to name a schema by its id.</summary>
    public static byte[] Prefix(int id, ReadOnlySpan<byte> path)
    {
        var bytes = new byte[IdLength + path.Length];
        bytes[0] = IdMagic;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), id);
        path.CopyTo(bytes.AsSpan(IdLength));
        return bytes;
    }

    /// <summary>What stands in the header to name a schema by its GUID.</summary>
    public static byte[] Prefix(Guid guid, ReadOnlySpan<byte> path)
    {
        var bytes = new byte[GuidLength + path.Length];
        bytes[0] = GuidMagic;
        guid.TryWriteBytes(bytes.AsSpan(1), bigEndian: true, out _);
        path.CopyTo(bytes.AsSpan(GuidLength));
        return bytes;
    }

    public static string HeaderOf(EventComponent component) => component is EventComponent.Key ? KeyHeader : ValueHeader;

    private static string? ReadKey(ReadOnlySpan<byte> bytes, out SchemaKey key, out int length)
    {
        key = default;
        length = 0;
        if (bytes.IsEmpty) return "is empty, and names no schema.";

        switch (bytes[0])
        {
            case IdMagic when bytes.Length >= IdLength:
                key = new SchemaKey(BinaryPrimitives.ReadInt32BigEndian(bytes[1..]));
                length = IdLength;
                return key.Id > 0 ? null : $"names the schema id {key.Id}, which no registry gives.";
            case GuidMagic when bytes.Length >= GuidLength:
                key = new SchemaKey(new Guid(bytes[1..GuidLength], bigEndian: true));
                length = GuidLength;
                return null;
            case IdMagic or GuidMagic:
                return $"has {bytes.Length} bytes, too few to name a schema.";
            default:
                return $"begins with the byte 0x{bytes[0]:x2}, and names no schema (0x00 and an id, or 0x01 and a GUID, is how it would). It was written without a schema registry, or is encrypted or compressed.";
        }
    }

    private static string? CheckPath(ReadOnlyMemory<byte> bytes, out int length)
    {
        Span<int> path = stackalloc int[MessagePath.Deepest];
        return MessagePath.Read(bytes.Span, path, out _, out length);
    }
}
