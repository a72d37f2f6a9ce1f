namespace EventDriven.SchemaRegistry;

/// <summary>All that is decided about the events of one topic once their schema is found. Immutable.</summary>
internal sealed class WriteBinding<T>
{
    public required SchemaWriter<T> Writer { get; init; }

    /// <summary>What stands in front of each event.</summary>
    public required byte[] Prefix { get; init; }

    /// <summary>The header that names the schema, where the prefix does not.</summary>
    public EventHeader? IdHeader { get; init; }

    /// <summary>The attribute <c>dataschema</c> of CloudEvents; null where there is none.</summary>
    public required EventHeader? DataSchema { get; init; }
}
