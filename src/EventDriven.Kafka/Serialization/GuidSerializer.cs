using System.Globalization;

namespace EventDriven.Kafka.Serialization;

/// <summary>A <see cref="Guid"/> as its text in lower case with hyphens, as Kafka's <c>UUIDSerializer</c> writes it. Reads either case.</summary>
internal sealed class GuidSerializer : IEventSerializer<Guid>
{
    private const int Length = 36;

    public string? ContentType => null;

    public ValueTask<byte[]> SerializeAsync(Guid value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        var bytes = new byte[Length];
        value.TryFormat(bytes, out _, "D");
        return new ValueTask<byte[]>(bytes);
    }

    public ValueTask<Guid> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) =>
        data.Length == Length && Guid.TryParse(data.Span, CultureInfo.InvariantCulture, out var value)
            ? new ValueTask<Guid>(value)
            : throw SerializationErrors.Unreadable<Guid>(context, "it is not a text of 36 characters such as 0f8fad5b-d9cb-469f-a165-70867728950e.");
}
