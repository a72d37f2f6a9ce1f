namespace EventDriven.SchemaRegistry;

/// <summary>Tells of what was written by one schema which type of event it is. Thread-safe.</summary>
internal abstract class SchemaNames
{
    /// <summary>The full name of the record or message; null where nothing can be told.</summary>
    /// <param name="path">The message index path, as bytes; valid, and empty but for Protobuf.</param>
    /// <param name="body">The event, from others' hands.</param>
    public abstract string? Of(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body);

    /// <summary>A schema all of whose events have one name.</summary>
    public static SchemaNames Always(string? name) => new OneName(name);

    private sealed class OneName(string? name) : SchemaNames
    {
        public override string? Of(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body) => name;
    }
}
