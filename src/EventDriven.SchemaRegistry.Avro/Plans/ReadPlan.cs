using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>How values of a type are read that were written in one schema and are wanted in another: the resolution of the two, decided before there are bytes.</summary>
/// <param name="type">The type of the values.</param>
internal abstract class ReadPlan(Type type)
{
    public Type Type => type;

    public sealed class Scalar(Type type, AvroSchema writer, AvroSchema reader) : ReadPlan(type)
    {
        /// <summary>As it was written.</summary>
        public AvroSchema Writer => writer;

        /// <summary>As it is wanted.</summary>
        public AvroSchema Reader => reader;
    }

    public sealed class Enum(Type type, object?[] values, IReadOnlyList<string> symbols) : ReadPlan(type)
    {
        /// <summary>The value of each of the writer's symbols; null where there is none.</summary>
        public object?[] Values => values;

        /// <summary>The writer's symbols.</summary>
        public IReadOnlyList<string> Symbols => symbols;
    }

    public sealed class Sequence(Type type, CollectionShape shape, int minimumSize, ReadPlan item) : ReadPlan(type)
    {
        /// <summary>What kind of collection.</summary>
        public CollectionShape Shape => shape;

        /// <summary>The fewest bytes of an item.</summary>
        public int MinimumSize => minimumSize;

        /// <summary>How an item is read.</summary>
        public ReadPlan Item => item;
    }

    public sealed class Map(Type type, CollectionShape shape, int minimumSize, ReadPlan value) : ReadPlan(type)
    {
        /// <summary>What kind of dictionary.</summary>
        public CollectionShape Shape => shape;

        /// <summary>The fewest bytes of a value.</summary>
        public int MinimumSize => minimumSize;

        /// <summary>How a value is read.</summary>
        public ReadPlan Value => value;
    }

    /// <summary>The writer says which branch follows.</summary>
    public sealed class Union(Type type, ReadPlan[] branches) : ReadPlan(type)
    {
        /// <summary>How each of the writer's branches is read.</summary>
        public ReadPlan[] Branches => branches;
    }

    /// <summary>A value of a more derived type, or one that may be null and is not.</summary>
    public sealed class Case(Type type, ReadPlan plan) : ReadPlan(type)
    {
        public ReadPlan Plan => plan;
    }

    /// <summary>No bytes, and no value.</summary>
    public sealed class Null(Type type) : ReadPlan(type);

    /// <summary>A value that the writer has not.</summary>
    public sealed class Default(Type type, byte[] bytes, ReadPlan plan) : ReadPlan(type)
    {
        /// <summary>The default in the reader's schema.</summary>
        public byte[] Bytes => bytes;

        /// <summary>How it is read.</summary>
        public ReadPlan Plan => plan;
    }

    /// <summary>What can't be read: an error once it is met.</summary>
    public sealed class Error(Type type, string reason) : ReadPlan(type)
    {
        /// <summary>Why.</summary>
        public string Reason => reason;
    }

    /// <summary>One instance for a type and two schemas: records may have themselves in them.</summary>
    public sealed class Record(Type type, TypeContract contract, RecordSchema writer, RecordSchema reader) : ReadPlan(type)
    {
        /// <summary>How it is made.</summary>
        public TypeContract Contract => contract;

        /// <summary>As it was written.</summary>
        public RecordSchema Writer => writer;

        /// <summary>As it is wanted.</summary>
        public RecordSchema Reader => reader;

        /// <summary>In the writer's order, then what the writer has not. Without a member a value is skipped; without a member and a schema it is an error to be met.</summary>
        public ReadStep[] Steps { get; set; } = [];

        /// <summary>Whether it stands in several places, and is compiled by itself.</summary>
        public bool IsShared { get; set; }
    }
}
