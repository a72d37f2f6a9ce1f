using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace EventDriven.SchemaRegistry.Protobuf.Messages;

/// <summary>Finds the field at which bytes stop making sense. Runs only on bytes that were refused.</summary>
internal static class FieldPath
{
    /// <summary>As deep as the library reads.</summary>
    private const int Deepest = 100;

    /// <returns>The path of the field, such as <c>lines.price</c>; the name of the message where it is none of its fields.</returns>
    public static string ToFault(MessageDescriptor message, ReadOnlySpan<byte> body)
    {
        var path = new List<string>();
        Walk(message, body, path);
        return path.Count == 0 ? message.Name : string.Join('.', path);
    }

    /// <returns>Whether there is nothing wrong. Otherwise the path leads to what is.</returns>
    private static bool Walk(MessageDescriptor message, ReadOnlySpan<byte> body, List<string> path)
    {
        while (!body.IsEmpty)
        {
            if (!TryReadVarint(ref body, out var tag)) return false;
            if (tag is 0 or > uint.MaxValue || tag >> 3 == 0) return false;

            var field = message.FindFieldByNumber((int)(tag >> 3));
            path.Add(field?.Name ?? $"{tag >> 3}");
            if (!Step(field, (WireFormat.WireType)(tag & 7), ref body, path)) return false;

            path.RemoveAt(path.Count - 1);
        }

        return true;
    }

    private static bool Step(FieldDescriptor? field, WireFormat.WireType wire, ref ReadOnlySpan<byte> body, List<string> path)
    {
        switch (wire)
        {
            case WireFormat.WireType.Varint:
                return TryReadVarint(ref body, out _);
            case WireFormat.WireType.Fixed32:
                return TrySkip(sizeof(uint), ref body);
            case WireFormat.WireType.Fixed64:
                return TrySkip(sizeof(ulong), ref body);
            case WireFormat.WireType.LengthDelimited:
                if (!TryReadVarint(ref body, out var length) || length > (ulong)body.Length) return false;

                var value = body[..(int)length];
                body = body[(int)length..];
                return field?.FieldType is not FieldType.Message || (path.Count < Deepest && Walk(field.MessageType, value, path));
            default:
                // Groups are stepped into by nobody today: that they are there is told.
                return false;
        }
    }

    private static bool TrySkip(int length, ref ReadOnlySpan<byte> body)
    {
        if (body.Length < length) return false;

        body = body[length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> body, out ulong value)
    {
        value = 0;
        for (var i = 0; i < body.Length && i < 10; i++)
        {
            value |= (ulong)(body[i] & 0x7F) << (7 * i);
            if ((body[i] & 0x80) != 0) continue;

            body = body[(i + 1)..];
            return true;
        }

        return false;
    }
}
