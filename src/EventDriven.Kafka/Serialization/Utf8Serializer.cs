using System.Text;

namespace EventDriven.Kafka.Serialization;

/// <summary>
/// Text as UTF-8, without a byte order mark. Strict both ways: what is not valid is an error and never becomes a replacement character, which would
/// make different keys equal and change events without a word. No bytes are the empty text.
/// </summary>
internal sealed class Utf8Serializer : IEventSerializer<string>
{
    public static readonly Utf8Serializer Instance = new();

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string? ContentType => "text/plain; charset=utf-8";

    public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        try
        {
            return new ValueTask<byte[]>(Strict.GetBytes(value));
        }
        catch (EncoderFallbackException exception)
        {
            throw SerializationErrors.Unwritable<string>(context, $"half of a surrogate pair stands alone at character {exception.Index}.");
        }
    }

    public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
    {
        try
        {
            return new ValueTask<string>(Strict.GetString(data.Span));
        }
        catch (DecoderFallbackException exception)
        {
            throw SerializationErrors.Unreadable<string>(context, $"it is not valid UTF-8 at byte {exception.Index}.");
        }
    }
}
