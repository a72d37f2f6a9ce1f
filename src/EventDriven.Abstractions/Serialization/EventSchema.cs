namespace EventDriven;

/// <summary>The schema of events (or keys) of one type. Immutable.</summary>
public sealed class EventSchema
{
    /// <summary>Makes one.</summary>
    /// <param name="format">The format as schema registries call it: <c>AVRO</c>, <c>JSON</c> or <c>PROTOBUF</c>.</param>
    /// <param name="subject">What it is registered under.</param>
    /// <param name="text">Its text, as it is registered.</param>
    /// <exception cref="ArgumentException"><paramref name="format"/> or <paramref name="subject"/> is null or blank, or <paramref name="text"/> null or empty.</exception>
    public EventSchema(string format, string subject, string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(format);
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        ArgumentException.ThrowIfNullOrEmpty(text);
        (Format, Subject, Text) = (format, subject, text);
    }

    /// <summary>The format as schema registries call it: <c>AVRO</c>, <c>JSON</c> or <c>PROTOBUF</c>.</summary>
    public string Format { get; }

    /// <summary>What it is registered under.</summary>
    public string Subject { get; }

    /// <summary>Its text, as it is registered. Of Protobuf that is the serialized descriptor of the file, in base64.</summary>
    public string Text { get; }

    /// <summary>The full name of the record or message; null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>What the text refers to, directly and indirectly, each behind those that it refers to itself. The default value is empty.</summary>
    public IReadOnlyList<EventSchemaReference> References { get; init; } = [];
}
