using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EventDriven.SchemaRegistry.Json;

/// <inheritdoc/>
internal sealed class JsonSchemaReader<T>(JsonTypeInfo<T> type, JsonValidator? validator) : SchemaReader<T>
{
    public override T Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty) throw new FormatException("it is empty, and JSON has at least one character.");

        validator?.Validate(body);
        try
        {
            return JsonSerializer.Deserialize(body, type)!;
        }
        catch (JsonException exception) when (exception.InnerException is JsonException)
        {
            // The library's message for malformed JSON repeats what it stumbled over: tell the position instead of the content.
            throw new FormatException($"it is not valid JSON at {exception.Path ?? "$"}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} of the line.");
        }
    }
}
