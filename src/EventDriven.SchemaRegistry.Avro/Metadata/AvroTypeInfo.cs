using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>What generated code tells of a type, so that it can be read and written in other schemas without reflection. For generated code. Immutable.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class AvroTypeInfo
{
    private protected AvroTypeInfo(Type type) => Type = type;

    internal Type Type { get; }

    /// <summary>What it is made of.</summary>
    internal virtual IEnumerable<AvroTypeInfo> Parts => [];

    /// <summary>Of a record.</summary>
    internal virtual TypeContract? Contract => null;

    /// <summary>Of a collection.</summary>
    internal virtual CollectionShape? Shape => null;

    /// <summary>Of an enum.</summary>
    internal virtual EnumSymbol[]? Symbols => null;

    /// <summary>Of a type that stands for others, wherever it is used.</summary>
    internal virtual IReadOnlyList<Type>? Cases => null;

    /// <summary>Of a record or enum.</summary>
    internal virtual string? FullName => null;
}
