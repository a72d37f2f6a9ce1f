using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>A type where it stands, with the schema that it has there.</summary>
internal abstract class Value(ITypeSymbol type, Schema schema)
{
    public ITypeSymbol Type => type;

    public Schema Schema => schema;

    /// <summary>As C# writes the type.</summary>
    public string TypeName { get; } = Names.CSharp(type);

    public sealed class Scalar(ITypeSymbol type, Schema schema, string name) : Value(type, schema)
    {
        /// <summary>What <c>AvroScalars</c> calls it.</summary>
        public string Name => name;
    }

    public sealed class Enum(ITypeSymbol type, Schema schema, IReadOnlyList<(decimal Number, string Symbol)> values) : Value(type, schema)
    {
        public IReadOnlyList<(decimal Number, string Symbol)> Values => values;
    }

    public sealed class Record(INamedTypeSymbol type, Schema schema) : Value(type, schema)
    {
        public IReadOnlyList<Member> Members { get; set; } = [];

        /// <summary>The members that the constructor takes, in its order.</summary>
        public IReadOnlyList<Member> Parameters { get; set; } = [];

        /// <summary>The members that are set beside or after it.</summary>
        public IReadOnlyList<Member> Assigned { get; set; } = [];

        /// <summary>Whether it has itself in it, so that its depth is counted.</summary>
        public bool IsRecursive { get; set; }
    }

    public sealed class Collection(ITypeSymbol type, Schema schema, CollectionKind kind, string build, Value item) : Value(type, schema)
    {
        public CollectionKind Kind => kind;

        /// <summary>What is filled, as C# writes it.</summary>
        public string Build => build;

        public Value Item => item;
    }

    /// <summary>A type that stands for others, or may be null; without either it is no union.</summary>
    public sealed class Union(ITypeSymbol type, Schema schema, int nullIndex, IReadOnlyList<(int Index, Value Value)> cases, UnionOrigin origin) : Value(type, schema)
    {
        public int NullIndex => nullIndex;

        public IReadOnlyList<(int Index, Value Value)> Cases => cases;

        public UnionOrigin Origin => origin;

        /// <summary>A struct that may be null.</summary>
        public bool IsNullable => Type.OriginalDefinition.SpecialType is SpecialType.System_Nullable_T;
    }

    /// <summary>A member of a record.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="FieldName">Its name in Avro.</param>
    /// <param name="Value">What it has.</param>
    /// <param name="Union">The types that an attribute of the member names.</param>
    public sealed record Member(string Name, string FieldName, Value Value, IReadOnlyList<ITypeSymbol>? Union);
}
