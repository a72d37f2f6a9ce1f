using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>How values of a type are written in a schema: everything that can be decided before there is a value.</summary>
/// <param name="type">The type of the values.</param>
/// <param name="schema">The schema.</param>
/// <remarks>Plans are classes, and no records: what the compiler adds to a record is loaded with it before the first event.</remarks>
internal abstract class WritePlan(Type type, AvroSchema schema)
{
    public Type Type => type;

    public AvroSchema Schema => schema;

    public sealed class Scalar(Type type, AvroSchema schema) : WritePlan(type, schema);

    public sealed class Enum(Type type, AvroSchema schema, SymbolIndex[] indexes) : WritePlan(type, schema)
    {
        /// <summary>The number of the symbol of each value; a value without a symbol is not there.</summary>
        public SymbolIndex[] Indexes => indexes;
    }

    public sealed class Sequence(Type type, AvroSchema schema, CollectionShape shape, WritePlan item) : WritePlan(type, schema)
    {
        /// <summary>What kind of collection.</summary>
        public CollectionShape Shape => shape;

        /// <summary>How an item is written.</summary>
        public WritePlan Item => item;
    }

    public sealed class Map(Type type, AvroSchema schema, CollectionShape shape, WritePlan value) : WritePlan(type, schema)
    {
        /// <summary>What kind of dictionary.</summary>
        public CollectionShape Shape => shape;

        /// <summary>How a value is written.</summary>
        public WritePlan Value => value;
    }

    public sealed class Union(Type type, AvroSchema schema, int nullIndex, WriteCase[] cases) : WritePlan(type, schema)
    {
        /// <summary>The number of the branch of null; -1 where there is none.</summary>
        public int NullIndex => nullIndex;

        /// <summary>The branches of what is not null, each with the type that it takes; the most derived first.</summary>
        public WriteCase[] Cases => cases;
    }

    /// <summary>The member of an abstract type, of which the schema allows one case.</summary>
    public sealed class Case(Type type, WritePlan plan) : WritePlan(type, plan.Schema)
    {
        public WritePlan Plan => plan;
    }

    /// <summary>Only null.</summary>
    public sealed class Null(Type type, AvroSchema schema) : WritePlan(type, schema);

    /// <summary>One instance for a type and schema: records may have themselves in them.</summary>
    public sealed class Record(Type type, AvroSchema schema) : WritePlan(type, schema)
    {
        /// <summary>In the schema's order: the member and how it is written, or the bytes of the default where the type has no such member.</summary>
        public WriteStep[] Fields { get; set; } = [];

        /// <summary>Whether it stands in several places, and is compiled by itself.</summary>
        public bool IsShared { get; set; }
    }
}
