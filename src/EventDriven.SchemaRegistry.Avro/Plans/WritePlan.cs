using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>How values of a type are written in a schema: everything that can be decided before there is a value.</summary>
/// <param name="Type">The type of the values.</param>
/// <param name="Schema">The schema.</param>
internal abstract record WritePlan(Type Type, AvroSchema Schema)
{
    public sealed record Scalar(Type Type, AvroSchema Schema) : WritePlan(Type, Schema);

    // Indexes: The number of the symbol of each value; a value without a symbol is not there.
    public sealed record Enum(Type Type, AvroSchema Schema, IReadOnlyList<SymbolIndex> Indexes) : WritePlan(Type, Schema);

    // Shape: What kind of collection.
    // Item: How an item is written.
    public sealed record Sequence(Type Type, AvroSchema Schema, CollectionShape Shape, WritePlan Item) : WritePlan(Type, Schema);

    // Shape: What kind of dictionary.
    // Value: How a value is written.
    public sealed record Map(Type Type, AvroSchema Schema, CollectionShape Shape, WritePlan Value) : WritePlan(Type, Schema);

    // NullIndex: The number of the branch of null; -1 where there is none.
    // Cases: The branches of what is not null, each with the type that it takes; the most derived first.
    public sealed record Union(Type Type, AvroSchema Schema, int NullIndex, IReadOnlyList<WriteCase> Cases) : WritePlan(Type, Schema);

    /// <summary>The member of an abstract type, of which the schema allows one case.</summary>
    public sealed record Case(Type Type, WritePlan Plan) : WritePlan(Type, Plan.Schema);

    /// <summary>Only null.</summary>
    public sealed record Null(Type Type, AvroSchema Schema) : WritePlan(Type, Schema);

    /// <summary>One instance for a type and schema, compared by reference: records may have themselves in them.</summary>
    public sealed record Record(Type Type, AvroSchema Schema) : WritePlan(Type, Schema)
    {
        /// <summary>In the schema's order: the member and how it is written, or the bytes of the default where the type has no such member.</summary>
        public IReadOnlyList<WriteStep> Fields { get; set; } = [];

        /// <summary>Whether it stands in several places, and is compiled by itself.</summary>
        public bool IsShared { get; set; }

        public bool Equals(Record? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
