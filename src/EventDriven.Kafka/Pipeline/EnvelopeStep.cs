using System.Text;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Pipeline;

/// <summary>
/// Opens CloudEvents in structured mode: from here on the data is what is deserialized, and the attributes are headers as in binary mode. The envelope alone
/// counts: headers of CloudEvents beside it are dropped.
/// </summary>
internal sealed class EnvelopeStep(string consumer, EventDelegate next)
{
    public ValueTask InvokeAsync(EventContext context)
    {
        // A tombstone has no envelope, whatever its headers say.
        if (context.RawValue is { } value && ContentTypeOf(new RecordHeaders(context)) is { IsEmpty: false } contentType && IsCloudEvents(contentType))
        {
            Open(context, value, contentType);
        }

        return next(context);
    }

    /// <summary>The last content type counts, in any letter case: many who write this one come from HTTP, and nothing else is meant by it.</summary>
    private static ReadOnlySpan<byte> ContentTypeOf(RecordHeaders headers)
    {
        for (var i = headers.Count - 1; i >= 0; i--)
        {
            if (IsContentType(headers.NameAt(i))) return headers.ValueAt(i);
        }

        return default;
    }

    private static bool IsContentType(string name) => name.Length == CloudEventNames.ContentType.Length && name.Equals(CloudEventNames.ContentType, StringComparison.OrdinalIgnoreCase);

    private static bool IsCloudEvents(ReadOnlySpan<byte> contentType)
    {
        var prefix = "application/cloudevents"u8;
        var trimmed = contentType.TrimStart((byte)' ');
        return trimmed.Length >= prefix.Length && Ascii.EqualsIgnoreCase(trimmed[..prefix.Length], prefix);
    }

    private void Open(EventContext context, byte[] value, ReadOnlySpan<byte> contentType)
    {
        try
        {
            CheckFormat(contentType);
            var envelope = CloudEventEnvelope.Read(value);
            context.ReplaceHeaders(HeadersOf(context, envelope));
            context.Data = envelope.Data;
        }
        catch (FormatException exception)
        {
            throw new InvalidCloudEventException(
                $"Consumer '{consumer}': {PipelineSteps.Coordinates(context)} is marked as a CloudEvent in structured mode, and can't be read as one: {exception.Message} "
                + "Mend its producer; to drop such records on purpose, filter them in a middleware; to leave envelopes to the deserializer, set StructuredCloudEvents to PassThrough.",
                exception);
        }
    }

    private static void CheckFormat(ReadOnlySpan<byte> contentType)
    {
        const int Longest = 256;
        if (contentType.Length > Longest) throw new FormatException($"its content type is longer than {Longest} bytes.");

        var text = Encoding.UTF8.GetString(contentType);
        var essence = MediaType.Essence(text);
        if (essence.StartsWith("application/cloudevents-batch", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("its content type is that of a batch, and batches are no part of the Kafka binding.");
        }

        if (!essence.Equals("application/cloudevents+json", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("its event format is not JSON (application/cloudevents+json), the only one that is read.");
        }

        if (!MediaType.IsUtf8(text)) throw new FormatException("its charset is not UTF-8.");
    }

    private static EventHeaders HeadersOf(EventContext context, CloudEventEnvelope envelope)
    {
        var headers = new EventHeaders();
        foreach (var header in context.Headers)
        {
            if (!header.Name.StartsWith(CloudEventNames.Prefix, StringComparison.Ordinal) && !IsContentType(header.Name)) headers.Add(header);
        }

        foreach (var (name, text) in envelope.Attributes) headers.Add(CloudEventNames.Prefix + name, text);
        if (envelope.ContentType is { } contentType) headers.Add(CloudEventNames.ContentType, contentType);
        return headers;
    }
}
