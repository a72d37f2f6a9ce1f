namespace EventDriven.Kafka.Serialization;

/// <summary>Bytes as they are, as <see cref="ReadOnlyMemory{T}"/>. Nothing is copied where the memory is a whole array.</summary>
internal sealed class ByteMemorySerializer : IEventSerializer<ReadOnlyMemory<byte>>
{
    public static readonly ByteMemorySerializer Instance = new();

    public string? ContentType => null;

    public ValueTask<byte[]> SerializeAsync(ReadOnlyMemory<byte> value, EventSerializationContext context, CancellationToken cancellationToken) =>
        new(ByteArraySerializer.ToArray(value));

    public ValueTask<ReadOnlyMemory<byte>> DeserializeAsync(
        ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) => new(data);
}
