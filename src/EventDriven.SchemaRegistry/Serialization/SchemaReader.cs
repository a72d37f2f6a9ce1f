namespace EventDriven.SchemaRegistry;

/// <summary>Reads events of a type that were written by one schema. Thread-safe.</summary>
internal abstract class SchemaReader<T>
{
    /// <summary>Reads an event.</summary>
    /// <param name="body">The event, all of it, from others' hands: lengths and counts in it may be anything.</param>
    /// <returns>The event; null is told as bytes that are none.</returns>
    /// <remarks>
    /// Whatever it throws is told as bytes that are no such event, with the id of the schema and the message of the exception, which names the path of the field and shows no content.
    /// </remarks>
    public abstract T Read(ReadOnlySpan<byte> body);

    /// <summary>Reads an event of a format whose records say which message of their schema they are.</summary>
    /// <param name="path">The message index path, as bytes; valid.</param>
    /// <param name="body">The event.</param>
    public virtual T Read(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body) => Read(body);
}
