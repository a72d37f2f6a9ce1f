using System.Text.Json;
using Confluent.Kafka;

namespace EventDriven.Kafka.Serialization;

/// <summary>A serializer or deserializer written for Confluent.Kafka, as one of ours. It goes one way only.</summary>
internal sealed class ConfluentSerializer<T> : IEventSerializer<T>, IOneWaySerializer
{
    private readonly IAsyncSerializer<T>? _asyncSerializer;
    private readonly ISerializer<T>? _serializer;
    private readonly IAsyncDeserializer<T>? _asyncDeserializer;
    private readonly IDeserializer<T>? _deserializer;

    public ConfluentSerializer(ISerializer<T> serializer) => _serializer = serializer;

    public ConfluentSerializer(IAsyncSerializer<T> serializer) => _asyncSerializer = serializer;

    public ConfluentSerializer(IDeserializer<T> deserializer) => _deserializer = deserializer;

    public ConfluentSerializer(IAsyncDeserializer<T> deserializer) => _asyncDeserializer = deserializer;

    public string? ContentType => null;

    public bool CanRead => _deserializer is not null || _asyncDeserializer is not null;

    public bool CanWrite => !CanRead;

    public async ValueTask<byte[]> SerializeAsync(T value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        var headers = ConfluentHeaders.From(context.Headers);
        var given = headers.Count;
        var target = new SerializationContext(Component(context), context.Topic, headers);
        byte[]? bytes;
        if (_serializer is not null)
        {
            bytes = _serializer.Serialize(value, target);
        }
        else if (_asyncSerializer is not null)
        {
            // The client's interface takes no token; cancelling ends the waiting, not the work.
            bytes = await _asyncSerializer.SerializeAsync(value, target).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw new NotSupportedException($"{_deserializer ?? (object?)_asyncDeserializer} only reads.");
        }

        for (var i = given; i < headers.Count; i++)
        {
            context.Headers.Add(ConfluentHeaders.Convert(headers[i]));
        }

        return bytes ?? throw SerializationErrors.Unwritable<T>(context, $"{_serializer ?? (object?)_asyncSerializer} returned null; a tombstone is produced by ProduceTombstoneAsync.");
    }

    public ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
    {
        var headers = (context.Event is { Data: null } record ? record.RawHeaders as Headers : null) ?? ConfluentHeaders.From(context.Headers);
        var source = new SerializationContext(Component(context), context.Topic, headers);
        if (_asyncDeserializer is not null)
        {
            return ReadAsync(_asyncDeserializer, data, source, context, cancellationToken);
        }

        if (_deserializer is null)
        {
            throw new NotSupportedException($"{_serializer ?? (object?)_asyncSerializer} only writes.");
        }

        try
        {
            return new ValueTask<T>(_deserializer.Deserialize(data.Span, isNull: false, source));
        }
        catch (Exception exception) when (IsAboutTheBytes(exception) || IsUnknownSchema(exception))
        {
            throw SerializationErrors.Unreadable<T>(context, exception.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw Unavailable(exception);
        }
    }

    private static async ValueTask<T> ReadAsync(
        IAsyncDeserializer<T> deserializer, ReadOnlyMemory<byte> data, SerializationContext source, EventSerializationContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await deserializer.DeserializeAsync(data, isNull: false, source).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsAboutTheBytes(exception) || IsUnknownSchema(exception))
        {
            throw SerializationErrors.Unreadable<T>(context, exception.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw Unavailable(exception);
        }
    }

    /// <summary>A registry that can't be reached: no bytes have been looked at.</summary>
    private static EventSerializerUnavailableException Unavailable(Exception exception) =>
        new($"A deserializer of {typeof(T)} can't reach what it depends on, such as a schema registry: {exception.Message}", exception);

    /// <summary>
    /// What decoders throw for bytes that they can't read. Everything else may be the outage of a registry and is tried again:
    /// an outage taken for bad bytes would put good events aside, the reverse only costs a few attempts.
    /// </summary>
    private static bool IsAboutTheBytes(Exception exception) => exception is
        FormatException or InvalidDataException or EndOfStreamException or OverflowException or IndexOutOfRangeException or ArgumentException or JsonException;

    /// <summary>
    /// The registry's answer that it has no such subject, version or schema. The registry client's exception for it is an <see cref="HttpRequestException"/> too, and ends with the code;
    /// its type can't be named here, for this package knows no registry.
    /// </summary>
    private static bool IsUnknownSchema(Exception exception) =>
        exception is HttpRequestException && exception.GetType() != typeof(HttpRequestException)
        && (exception.Message.EndsWith("error code: 40403", StringComparison.Ordinal)
            || exception.Message.EndsWith("error code: 40402", StringComparison.Ordinal)
            || exception.Message.EndsWith("error code: 40401", StringComparison.Ordinal));

    private static MessageComponentType Component(EventSerializationContext context) =>
        context.Component is EventComponent.Key ? MessageComponentType.Key : MessageComponentType.Value;
}
