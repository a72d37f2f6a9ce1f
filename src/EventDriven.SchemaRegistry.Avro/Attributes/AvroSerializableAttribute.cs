namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Asks the source generator for the schema of a type and for code that writes and reads it, in a partial class derived from <see cref="AvroContext"/>.</summary>
/// <param name="type">The type of an event or key.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AvroSerializableAttribute(Type type) : Attribute
{
    /// <summary>The type of an event or key.</summary>
    public Type Type { get; } = type ?? throw new ArgumentNullException(nameof(type));
}
