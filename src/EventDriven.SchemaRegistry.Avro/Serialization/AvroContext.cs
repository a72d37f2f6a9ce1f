using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Metadata;

namespace EventDriven.SchemaRegistry.Avro;

/// <summary>
/// Schemas and code for types, made by the source generator when a service is compiled: derive a partial class, name the types by <see cref="AvroSerializableAttribute"/>, and give
/// its <c>Default</c> to <c>UseAvro</c>. Works without reflection, trimmed and compiled ahead of time. Thread-safe.
/// </summary>
public abstract class AvroContext
{
    /// <summary>The text of the schema of a type: the same that <see cref="AvroSchemas.TextOf{T}"/> makes by reflection.</summary>
    /// <typeparam name="T">The type of an event or key.</typeparam>
    /// <returns>The text.</returns>
    /// <exception cref="NotSupportedException">The context does not name the type.</exception>
    public string TextOf<T>() => Get<T>().Text;

    /// <summary>Finds what was generated for a type. For generated code.</summary>
    /// <param name="type">The type of an event or key.</param>
    /// <returns>Null where the context does not name the type.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract AvroGeneratedType? Find(Type type);

    internal AvroGeneratedType<T> Get<T>() => Find(typeof(T)) as AvroGeneratedType<T>
        ?? throw new NotSupportedException($"{GetType()} does not name {typeof(T)}: put [AvroSerializable(typeof({typeof(T).Name}))] on it.");

    internal string? NameOf<T>() => Find(typeof(T))?.Name;
}
