using System.Runtime.InteropServices;

namespace EventDriven.Kafka.Serialization;

/// <summary>Bytes as they are. Nothing is copied: the array of a consumed event is the record's own.</summary>
internal sealed class ByteArraySerializer : IEventSerializer<byte[]>
{
    public static readonly ByteArraySerializer Instance = new();

    public string? ContentType => null;

    public ValueTask<byte[]> SerializeAsync(byte[] value, EventSerializationContext context, CancellationToken cancellationToken) => new(value);

    public ValueTask<byte[]> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) =>
        new(ToArray(data));

    public static byte[] ToArray(ReadOnlyMemory<byte> data) =>
        MemoryMarshal.TryGetArray(data, out var segment) && segment.Array is { } array && array.Length == data.Length ? array : data.ToArray();
}
