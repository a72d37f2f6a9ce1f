namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>A property or field that is a field of the record. Compared by reference.</summary>
/// <param name="name">The name of the property or field.</param>
/// <param name="type">Its type.</param>
/// <param name="owner">The type that declares it.</param>
/// <param name="fieldName">As in the schema that is made from the type.</param>
internal abstract class TypeMember(string name, Type type, Type? owner, string fieldName)
{
    public string Name => name;

    public Type Type => type;

    public string FieldName => fieldName;

    /// <summary>As it is called in messages.</summary>
    public string Display => $"{owner}.{name}";

    /// <summary>The types that <see cref="AvroUnionAttribute"/> on the member names; null where there is none.</summary>
    public abstract IReadOnlyList<Type>? Union { get; }

    /// <summary>Whether there is no object without a value for it.</summary>
    public abstract bool MustBeSet { get; }
}
