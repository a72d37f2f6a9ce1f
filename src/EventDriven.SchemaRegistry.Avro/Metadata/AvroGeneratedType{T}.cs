using System.ComponentModel;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>What was generated for the type of an event. For generated code. Thread-safe.</summary>
/// <typeparam name="T">The type of the event.</typeparam>
/// <param name="text">The schema of the type.</param>
/// <param name="name">The full name of the schema; null where it has none.</param>
/// <param name="write">Writes in just that schema.</param>
/// <param name="read">Reads what was written in just that schema.</param>
/// <param name="info">What plans for other schemas are made from. Called once one is met.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroGeneratedType<T>(string text, string? name, AvroWrite<T> write, AvroRead<T> read, Func<AvroTypeInfo<T>> info) : AvroGeneratedType(text, name)
{
    internal AvroWrite<T> Write => write;

    internal AvroRead<T> Read => read;

    internal Func<AvroTypeInfo<T>> Info => info;
}
