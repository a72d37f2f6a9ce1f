using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>How values of a type are read that were written in one schema and are wanted in another: the resolution of the two, decided before there are bytes.</summary>
/// <param name="Type">The type of the values.</param>
internal abstract record ReadPlan(Type Type)
{
    // Writer: As it was written.
    // Reader: As it is wanted.
    public sealed record Scalar(Type Type, AvroSchema Writer, AvroSchema Reader) : ReadPlan(Type);

    // Values: The value of each of the writer's symbols; null where there is none.
    // Symbols: The writer's symbols.
    public sealed record Enum(Type Type, IReadOnlyList<object?> Values, IReadOnlyList<string> Symbols) : ReadPlan(Type);

    // Shape: What kind of collection.
    // MinimumSize: The fewest bytes of an item.
    // Item: How an item is read.
    public sealed record Sequence(Type Type, CollectionShape Shape, int MinimumSize, ReadPlan Item) : ReadPlan(Type);

    // Shape: What kind of dictionary.
    // MinimumSize: The fewest bytes of a value.
    // Value: How a value is read.
    public sealed record Map(Type Type, CollectionShape Shape, int MinimumSize, ReadPlan Value) : ReadPlan(Type);

    /// <summary>The writer says which branch follows.</summary>
    // Branches: How each of the writer's branches is read.
    public sealed record Union(Type Type, IReadOnlyList<ReadPlan> Branches) : ReadPlan(Type);

    /// <summary>A value of a more derived type, or one that may be null and is not.</summary>
    public sealed record Case(Type Type, ReadPlan Plan) : ReadPlan(Type);

    /// <summary>No bytes, and no value.</summary>
    public sealed record Null(Type Type) : ReadPlan(Type);

    /// <summary>A value that the writer has not.</summary>
    // Bytes: The default in the reader's schema.
    // Plan: How it is read.
    public sealed record Default(Type Type, byte[] Bytes, ReadPlan Plan) : ReadPlan(Type);

    /// <summary>What can't be read: an error once it is met.</summary>
    // Reason: Why.
    public sealed record Error(Type Type, string Reason) : ReadPlan(Type);

    /// <summary>One instance for a type and two schemas, compared by reference: records may have themselves in them.</summary>
    public sealed record Record(Type Type, TypeContract Contract, RecordSchema Reader) : ReadPlan(Type)
    {
        /// <summary>In the writer's order, then what the writer has not. Without a member a value is skipped; without a member and a schema it is an error to be met.</summary>
        public IReadOnlyList<ReadStep> Steps { get; set; } = [];

        /// <summary>Whether it stands in several places, and is compiled by itself.</summary>
        public bool IsShared { get; set; }

        public bool Equals(Record? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
