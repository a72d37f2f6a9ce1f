namespace EventDriven.Kafka.Serialization;

/// <summary>A number in big-endian binary form, as the serializers of Kafka's Java client write it.</summary>
internal sealed class NumberSerializer<T>(int size, NumberSerializer<T>.Writer write, NumberSerializer<T>.Reader read) : IEventSerializer<T>
    where T : struct
{
    public delegate void Writer(Span<byte> destination, T value);

    public delegate T Reader(ReadOnlySpan<byte> source);

    public string? ContentType => null;

    public ValueTask<byte[]> SerializeAsync(T value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        var bytes = new byte[size];
        write(bytes, value);
        return new ValueTask<byte[]>(bytes);
    }

    public ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) =>
        data.Length == size
            ? new ValueTask<T>(read(data.Span))
            : throw SerializationErrors.Unreadable<T>(context, $"it takes {size} bytes, and there are {data.Length}.");
}
