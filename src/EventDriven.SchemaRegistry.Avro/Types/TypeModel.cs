namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>What plans ask about types: of reflection, or of what was generated when the service was compiled.</summary>
internal abstract class TypeModel
{
    /// <summary>How a record is made.</summary>
    public abstract TypeContract ContractOf(Type type);

    /// <returns>Null where the type is no collection.</returns>
    public abstract CollectionShape? CollectionOf(Type type);

    /// <summary>Each value of an enum with its symbol.</summary>
    public abstract EnumSymbol[] SymbolsOf(Type type);

    /// <summary>Which types a value of a type may have.</summary>
    /// <param name="type">The type.</param>
    /// <param name="onMember">Those that an attribute of the member names.</param>
    /// <returns>Null where there is only the type itself.</returns>
    public abstract IReadOnlyList<Type>? CasesOf(Type type, IReadOnlyList<Type>? onMember);

    /// <summary>The name of a record or enum in Avro.</summary>
    public abstract string FullNameOf(Type type);
}
