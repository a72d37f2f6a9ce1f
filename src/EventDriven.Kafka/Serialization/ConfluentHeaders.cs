using Confluent.Kafka;

namespace EventDriven.Kafka.Serialization;

/// <summary>The client's headers as ours and back. Null values and repeated names stay as they are.</summary>
internal static class ConfluentHeaders
{
    public static EventHeaders To(Headers? headers)
    {
        if (headers is null)
        {
            return new EventHeaders();
        }

        var result = new EventHeaders(headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            result.Add(Convert(headers[i]));
        }

        return result;
    }

    public static Headers From(EventHeaders headers)
    {
        var result = new Headers();
        foreach (var header in headers)
        {
            result.Add(header.Name, header.Value is { } value ? ByteArraySerializer.ToArray(value) : null);
        }

        return result;
    }

    /// <summary>The bytes of the header of a name, where there is exactly one; empty otherwise.</summary>
    public static ReadOnlySpan<byte> GetOnlyBytes(this Headers headers, string name)
    {
        byte[]? found = null;
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i] is not { } header || !string.Equals(header.Key, name, StringComparison.Ordinal)) continue;
            if (found is not null) return default;

            found = header.GetValueBytes() ?? [];
        }

        return found;
    }

    public static EventHeader Convert(IHeader header) =>
        new(header.Key, header.GetValueBytes() is { } bytes ? new ReadOnlyMemory<byte>(bytes) : default(ReadOnlyMemory<byte>?));
}
