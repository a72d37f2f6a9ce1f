using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventDriven.Kafka.Serialization;

/// <summary>One event type as JSON. The literal <c>null</c>, no bytes and anything after the value but white space are errors.</summary>
internal sealed class JsonEventSerializer<T>(JsonTypeInfo<T> type) : IEventSerializer<T>
{
    public string? ContentType => "application/json";

    public ValueTask<byte[]> SerializeAsync(T value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        try
        {
            return new ValueTask<byte[]>(JsonSerializer.SerializeToUtf8Bytes(value, type));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw SerializationErrors.Unwritable<T>(context, exception.Message, exception);
        }
    }

    public ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
    {
        if (data.IsEmpty)
        {
            throw SerializationErrors.Unreadable<T>(context, "it is empty, and JSON has at least one character.");
        }

        T? value;
        try
        {
            value = JsonSerializer.Deserialize(data.Span, type);
        }
        catch (JsonException exception) when (exception.InnerException is JsonException)
        {
            // The client library's message for malformed JSON repeats what it stumbled over: tell the position instead of the content.
            throw SerializationErrors.Unreadable<T>(
                context, $"it is not valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} of the line.");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Nothing here depends on anything but the bytes, so that no exception (a constructor of the event that refuses its arguments included) can pass.
            throw SerializationErrors.Unreadable<T>(context, exception.Message, exception);
        }

        return value is null
            ? throw SerializationErrors.Unreadable<T>(context, "it is the JSON literal null. (A tombstone is a record without a value.)")
            : new ValueTask<T>(value);
    }
}
