namespace EventDriven.SchemaRegistry;

/// <summary>Writes events of a type by one schema. Thread-safe.</summary>
internal abstract class SchemaWriter<T>
{
    /// <summary>The message index path in the schema that is written by, as it stands behind the id; empty but for Protobuf.</summary>
    public virtual ReadOnlyMemory<byte> Path => default;

    /// <summary>Writes an event.</summary>
    /// <param name="value">The event.</param>
    /// <param name="prefix">What the array begins with.</param>
    /// <returns>The prefix and the event behind it, in an array of exactly their size that nobody else has.</returns>
    /// <remarks>Whatever it throws is told as an event that can't be written, by its message.</remarks>
    public abstract byte[] Write(T value, ReadOnlySpan<byte> prefix);
}
