namespace EventDriven.SchemaRegistry;

/// <summary>What a format knows of one type: its schema, and how events are written and read. Made once, at start. Thread-safe.</summary>
internal abstract class SchemaCodec<T>
{
    public abstract SchemaFormat Format { get; }

    /// <summary>The media type of the body.</summary>
    public abstract string ContentType { get; }

    /// <summary>The schema of the type: what is registered, and what names its subject.</summary>
    public abstract SchemaDefinition Schema { get; }

    /// <summary>Whether records have a message index path.</summary>
    public virtual bool HasPath => false;

    /// <summary>Prepares writing by a schema, once for each.</summary>
    /// <exception cref="NotSupportedException">The type can't be written by it; the message says why.</exception>
    public abstract SchemaWriter<T> CreateWriter(FoundSchema schema);

    /// <summary>Prepares reading what was written by a schema, once for each.</summary>
    /// <exception cref="NotSupportedException">What it writes can't be read as the type; the message says why.</exception>
    public abstract SchemaReader<T> CreateReader(KnownSchema writer);
}
