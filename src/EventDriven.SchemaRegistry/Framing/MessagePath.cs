namespace EventDriven.SchemaRegistry;

/// <summary>
/// Which message of a Protobuf file an event is: the index of the message, then of the one nested in it, and so on, as zigzag varints behind their count. <c>[0]</c> is the single
/// byte 0.
/// </summary>
internal static class MessagePath
{
    /// <summary>Deeper nesting is no schema that anybody wrote.</summary>
    public const int Deepest = 64;

    private const int LongestVarint = 5;

    public static byte[] Encode(ReadOnlySpan<int> path)
    {
        if (path is [0]) return [0];

        Span<byte> buffer = stackalloc byte[(Deepest + 1) * LongestVarint];
        if (path.IsEmpty || path.Length > Deepest) throw new ArgumentException($"A path has 1 to {Deepest} indexes.", nameof(path));

        var length = Write(buffer, path.Length);
        foreach (var index in path) length += Write(buffer[length..], index);
        return buffer[..length].ToArray();
    }

    /// <summary>Reads a path from the front of bytes.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="path">Where the indexes go; at least <see cref="Deepest"/> long.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="length">How many bytes they took.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Read(ReadOnlySpan<byte> data, Span<int> path, out int count, out int length)
    {
        length = 0;
        if (!TryRead(data, ref length, out count)) return "its message index path is cut off, or no varint.";
        if (count == 0)
        {
            path[0] = 0;
            count = 1;
            return null;
        }

        if (count is < 0 or > Deepest) return $"its message index path has {count} indexes, and 1 to {Deepest} is what there can be.";
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(data, ref length, out path[i])) return "its message index path is cut off, or no varint.";
            if (path[i] < 0) return $"its message index path has the index {path[i]}.";
        }

        return null;
    }

    private static int Write(Span<byte> destination, int value)
    {
        var rest = (uint)((value << 1) ^ (value >> 31));
        var length = 0;
        while (rest >= 0x80)
        {
            destination[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        destination[length++] = (byte)rest;
        return length;
    }

    private static bool TryRead(ReadOnlySpan<byte> data, ref int position, out int value)
    {
        value = 0;
        ulong rest = 0;
        for (var i = 0; i < LongestVarint; i++)
        {
            if (position == data.Length) return false;

            var part = data[position++];
            rest |= (ulong)(part & 0x7F) << (7 * i);
            if ((part & 0x80) != 0) continue;
            if (rest > uint.MaxValue) return false;

            value = (int)((uint)rest >> 1) ^ -(int)(rest & 1);
            return true;
        }

        return false;
    }
}
