namespace EventDriven;

/// <summary>The schema of events (or keys) of one type. Immutable.</summary>
/// <param name="Format">The format as schema registries call it: <c>AVRO</c>, <c>JSON</c> or <c>PROTOBUF</c>.</param>
/// <param name="Subject">What it is registered under.</param>
/// <param name="Text">Its text, as it is registered.</param>
public sealed record EventSchema(string Format, string Subject, string Text)
{
    /// <summary>The full name of the record or message; null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>What the text refers to, directly and indirectly, each behind those that it refers to itself. The default value is empty.</summary>
    public IReadOnlyList<EventSchemaReference> References { get; init; } = [];
}
