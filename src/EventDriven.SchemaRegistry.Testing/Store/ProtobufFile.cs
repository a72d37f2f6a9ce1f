namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Recognises <c>.proto</c> files, as text or as a serialized descriptor in base64, which is how most clients register them.</summary>
internal static class ProtobufFile
{
    private const int Name = 1;
    private const int LengthDelimited = 2;

    public static bool IsOne(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? IsDescriptor(bytes.AsSpan(0, length))
            : text.Count(static c => c == '{') == text.Count(static c => c == '}') && text.Contains("message", StringComparison.Ordinal);
    }

    /// <summary>A name, and then fields each of which ends where the next begins.</summary>
    private static bool IsDescriptor(ReadOnlySpan<byte> rest)
    {
        if (rest is not [(Name << 3) | LengthDelimited, ..]) return false;

        while (!rest.IsEmpty)
        {
            if (!TryReadVarint(ref rest, out var tag) || !TryReadVarint(ref rest, out var value)) return false;
            if ((tag & 7) != LengthDelimited) continue;
            if (value > (ulong)rest.Length) return false;

            rest = rest[(int)value..];
        }

        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if ((rest[i] & 0x80) != 0) continue;

            rest = rest[(i + 1)..];
            return true;
        }

        return false;
    }
}
