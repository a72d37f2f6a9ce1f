using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>Plans how a type is written in a schema. Not thread-safe: one for each plan.</summary>
internal sealed class WritePlanner
{
    private readonly List<WritePlan.Record> _records = [];

    private readonly TypeModel _types;

    private WritePlanner(TypeModel types) => _types = types;

    /// <exception cref="AvroTypeException">The type does not fit the schema.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static WritePlan Plan(Type type, AvroSchema schema) => Plan(type, schema, ReflectedTypes.Instance);

    public static WritePlan Plan(Type type, AvroSchema schema, TypeModel types)
    {
        var planner = new WritePlanner(types);
        return TypeMapping.Branch(types, type, schema) is >= 0 and var index
            ? planner.BuildBranch(type, (UnionSchema)schema, index)
            : planner.Build(type, schema, null);
    }

    private WritePlan Build(Type type, AvroSchema schema, TypeMember? member)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (schema is UnionSchema union) return BuildUnion(type, union, member);
        if (schema.Kind is AvroKind.Null) return new WritePlan.Null(type, schema);

        var chosen = TypeMapping.Case(_types, type, member, schema, 1);
        return chosen == type ? BuildValue(type, schema, member) : new WritePlan.Case(type, BuildValue(chosen, schema, member));
    }

    /// <summary>One event of several that the schema has.</summary>
    private WritePlan.Union BuildBranch(Type type, UnionSchema schema, int index) =>
        new(type, schema, schema.NullIndex, [new WriteCase(index, BuildValue(type, schema.Branches[index], null))]);

    private WritePlan.Union BuildUnion(Type type, UnionSchema schema, TypeMember? member)
    {
        var nullIndex = schema.NullIndex;
        var cases = new WriteCase[schema.ValueCount];
        var next = 0;
        for (var i = 0; i < schema.Branches.Count; i++)
        {
            var branch = schema.Branches[i];
            if (i != nullIndex) cases[next++] = new WriteCase(i, BuildValue(TypeMapping.Case(_types, type, member, branch, cases.Length), branch, member));
        }

        if (cases.Length > 1) Sort(cases);
        return new WritePlan.Union(type, schema, nullIndex, cases);
    }

    /// <summary>A base class among the types would take what is of a derived one.</summary>
    private static void Sort(WriteCase[] cases) => Array.Sort(cases, MostDerivedFirst);

    private static int MostDerivedFirst(WriteCase left, WriteCase right) =>
        left.Plan.Type == right.Plan.Type ? left.Index - right.Index
        : left.Plan.Type.IsAssignableTo(right.Plan.Type) ? -1
        : right.Plan.Type.IsAssignableTo(left.Plan.Type) ? 1
        : left.Index - right.Index;

    private WritePlan BuildValue(Type type, AvroSchema schema, TypeMember? member)
    {
        switch (schema)
        {
            case RecordSchema record when !ScalarTypes.IsScalar(type) && !type.IsEnum && _types.CollectionOf(type) is null:
                return BuildRecord(type, record);
            case EnumSchema @enum when type.IsEnum:
                return BuildEnum(type, @enum);
            case ArraySchema array when _types.CollectionOf(type) is { IsMap: false } shape:
                return new WritePlan.Sequence(type, schema, shape, Build(shape.Item, array.Items, member));
            case MapSchema map when _types.CollectionOf(type) is { IsMap: true } shape:
                return new WritePlan.Map(type, schema, shape, Build(shape.Item, map.Values, member));
            default:
                return ScalarTypes.Fits(type, schema.Kind, schema.Logical.Kind) || (schema.Kind is AvroKind.Double && type == typeof(float))
                    ? new WritePlan.Scalar(type, schema)
                    : throw Misfit(type, schema, member);
        }
    }

    private WritePlan.Enum BuildEnum(Type type, EnumSchema schema)
    {
        var indexes = new List<SymbolIndex>(schema.Symbols.Count);
        foreach (var value in _types.SymbolsOf(type))
        {
            var index = NameMatch.Find(value.Symbol, schema.Symbols);
            if (index >= 0) indexes.Add(new SymbolIndex(value.Value, index));
        }

        return new WritePlan.Enum(type, schema, [.. indexes]);
    }

    private WritePlan.Record BuildRecord(Type type, RecordSchema schema)
    {
        for (var i = 0; i < _records.Count; i++)
        {
            var known = _records[i];
            if (known.Type != type || known.Schema != schema) continue;

            known.IsShared = true;
            return known;
        }

        var plan = new WritePlan.Record(type, schema);
        _records.Add(plan);
        var contract = _types.ContractOf(type);
        var members = TypeMapping.Members(contract, schema);
        var fields = new WriteStep[members.Length];
        for (var i = 0; i < members.Length; i++)
        {
            var field = schema.Fields[i];
            fields[i] = members[i] is { } member ? new WriteStep(member, Build(member.Type, field.Schema, member), null) : new WriteStep(null, null, Missing(type, schema, field));
        }

        plan.Fields = fields;
        return plan;
    }

    /// <summary>What is written for a field that the type has not: its default, else null.</summary>
    private static byte[] Missing(Type type, RecordSchema schema, FieldSchema field)
    {
        if (field.Default is { } value && DefaultEncoder.TryEncode(value, field.Schema) is { } bytes) return bytes;
        if (field.Schema.Kind is AvroKind.Null) return [];

        var nullIndex = field.Schema is UnionSchema union ? union.NullIndex : -1;
        return nullIndex >= 0
            ? [(byte)(nullIndex << 1)]
            : throw new AvroTypeException($"{TypeContract.Name(type)} has no member for the field '{field.Name}' of {schema.FullName}, which has no default. Add a property, or name one by [AvroField(\"{field.Name}\")].");
    }

    internal static AvroTypeException Misfit(Type type, AvroSchema schema, TypeMember? member) =>
        new($"{TypeContract.Name(type)}{(member is null ? "" : $" of {member.Display}")} does not fit {PrimitiveSchema.NameOf(schema.Kind)}{(schema is NamedSchema || schema.Logical.Kind is not LogicalKind.None ? $" {schema.Display}" : "")}.");
}
