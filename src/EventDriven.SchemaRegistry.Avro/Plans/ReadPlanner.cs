using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>Plans how a type is read from what was written in one schema and is wanted in another. Not thread-safe: one for each plan.</summary>
internal sealed class ReadPlanner
{
    private readonly List<ReadPlan.Record> _records = [];

    private readonly TypeModel _types;

    private ReadPlanner(TypeModel types) => _types = types;

    /// <exception cref="AvroTypeException">The type does not fit the reader's schema. Whatever the writer's has that can't be read is an error in the plan.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static ReadPlan Plan(AvroSchema writer, AvroSchema reader, Type type) => Plan(writer, reader, type, ReflectedTypes.Instance);

    public static ReadPlan Plan(AvroSchema writer, AvroSchema reader, Type type, TypeModel types)
    {
        // Of several events that the schema has, the type is one.
        var wanted = TypeMapping.Branch(types, type, reader) is >= 0 and var index ? ((UnionSchema)reader).Branches[index] : reader;
        return new ReadPlanner(types).Build(writer, wanted, type, null);
    }

    private ReadPlan Build(AvroSchema writer, AvroSchema reader, Type type, TypeMember? member)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (writer is UnionSchema written) return BuildUnion(written, reader, type, member);
        if (reader == writer) return BuildBranch(writer, reader, 1, type, member);

        return Resolve(writer, reader, type, member);
    }

    private ReadPlan Resolve(AvroSchema writer, AvroSchema reader, Type type, TypeMember? member)
    {
        if (reader is UnionSchema wanted)
        {
            var index = SchemaMatch.Branch(writer, wanted);
            return index < 0 ? Mismatch(writer, reader, type) : BuildBranch(writer, wanted.Branches[index], wanted.ValueCount, type, member);
        }

        return SchemaMatch.Matches(writer, reader) ? BuildBranch(writer, reader, 1, type, member) : Mismatch(writer, reader, type);
    }

    private ReadPlan.Union BuildUnion(UnionSchema writer, AvroSchema reader, Type type, TypeMember? member)
    {
        var branches = new ReadPlan[writer.Branches.Count];
        for (var i = 0; i < branches.Length; i++)
        {
            var branch = writer.Branches[i];
            branches[i] = reader == writer ? BuildBranch(branch, branch, writer.ValueCount, type, member) : Build(branch, reader, type, member);
        }

        return new ReadPlan.Union(type, branches);
    }

    private ReadPlan BuildBranch(AvroSchema writer, AvroSchema reader, int branches, Type type, TypeMember? member)
    {
        if (reader.Kind is AvroKind.Null)
        {
            return type.IsValueType && Nullable.GetUnderlyingType(type) is null
                ? throw new AvroTypeException($"The schema has null where {TypeContract.Name(type)}{(member is null ? "" : $" of {member.Display}")} has none. Make it nullable.")
                : new ReadPlan.Null(type);
        }

        var chosen = TypeMapping.Case(_types, type, member, reader, branches);
        var plan = BuildValue(writer, reader, chosen, member);
        return chosen == type ? plan : new ReadPlan.Case(type, plan);
    }

    private ReadPlan BuildValue(AvroSchema writer, AvroSchema reader, Type type, TypeMember? member)
    {
        switch (reader)
        {
            case RecordSchema record when !ScalarTypes.IsScalar(type) && !type.IsEnum && _types.CollectionOf(type) is null:
                return BuildRecord((RecordSchema)writer, record, type);
            case EnumSchema @enum when type.IsEnum:
                return BuildEnum((EnumSchema)writer, @enum, type);
            case ArraySchema array when _types.CollectionOf(type) is { IsMap: false } shape:
                var items = ((ArraySchema)writer).Items;
                return new ReadPlan.Sequence(type, shape, items.MinimumSize, Build(items, array.Items, shape.Item, member));
            case MapSchema map when _types.CollectionOf(type) is { IsMap: true } shape:
                var values = ((MapSchema)writer).Values;
                return new ReadPlan.Map(type, shape, values.MinimumSize, Build(values, map.Values, shape.Item, member));
            default:
                return ScalarTypes.Fits(type, reader.Kind, reader.Logical.Kind) ? new ReadPlan.Scalar(type, writer, reader) : throw WritePlanner.Misfit(type, reader, member);
        }
    }

    private ReadPlan.Enum BuildEnum(EnumSchema writer, EnumSchema reader, Type type)
    {
        var known = _types.SymbolsOf(type);
        var names = new string[known.Length];
        for (var i = 0; i < names.Length; i++) names[i] = known[i].Symbol;

        var @default = reader.Default is not null ? Value(reader.Default) : null;
        var values = new object?[writer.Symbols.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Value(writer.Symbols[i]) ?? @default;
        return new ReadPlan.Enum(type, values, writer.Symbols);

        object? Value(string symbol) => reader.Has(symbol) && NameMatch.Find(symbol, names) is >= 0 and var index ? known[index].Value : null;
    }

    private ReadPlan.Record BuildRecord(RecordSchema writer, RecordSchema reader, Type type)
    {
        for (var i = 0; i < _records.Count; i++)
        {
            var known = _records[i];
            if (known.Type != type || known.Writer != writer || known.Reader != reader) continue;

            known.IsShared = true;
            return known;
        }

        var contract = _types.ContractOf(type);
        var plan = new ReadPlan.Record(type, contract, writer, reader);
        _records.Add(plan);

        var members = TypeMapping.Members(contract, reader);
        TypeMapping.EnsureNothingIsMissing(contract, reader, members);
        plan.Steps = reader == writer ? Straight(writer, members) : Resolved(writer, reader, members);
        return plan;
    }

    /// <summary>What was written in just the reader's schema, as most is.</summary>
    private ReadStep[] Straight(RecordSchema schema, TypeMember?[] members)
    {
        var steps = new ReadStep[members.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var field = schema.Fields[i].Schema;
            steps[i] = members[i] is { } member ? new ReadStep(member, Build(field, field, member.Type, member), null) : new ReadStep(null, null, field);
        }

        return steps;
    }

    private ReadStep[] Resolved(RecordSchema writer, RecordSchema reader, TypeMember?[] members)
    {
        var written = Written(writer, reader);
        var steps = new List<ReadStep>();
        for (var i = 0; i < writer.Fields.Count; i++)
        {
            var field = writer.Fields[i];
            var index = Array.IndexOf(written, i);
            if (index >= 0 && members[index] is { } member) steps.Add(new ReadStep(member, Build(field.Schema, reader.Fields[index].Schema, member.Type, member), null));
            else steps.Add(new ReadStep(null, null, field.Schema));
        }

        for (var i = 0; i < reader.Fields.Count; i++)
        {
            if (written[i] >= 0) continue;

            var field = reader.Fields[i];
            var value = Default(field, members[i], writer, reader);
            if (value is not null) steps.Add(new ReadStep(members[i], value, null));
        }

        return [.. steps];
    }

    /// <summary>For each of the reader's fields the writer's: of the same name, else of one that is an alias and no other field's name.</summary>
    private static int[] Written(RecordSchema writer, RecordSchema reader)
    {
        var names = writer.FieldNames();
        var written = new int[reader.Fields.Count];
        for (var i = 0; i < written.Length; i++) written[i] = Array.IndexOf(names, reader.Fields[i].Name);
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] >= 0) continue;

            foreach (var alias in reader.Fields[i].Aliases)
            {
                var index = Array.IndexOf(names, alias);
                if (index < 0 || Array.IndexOf(written, index) >= 0) continue;

                written[i] = index;
                break;
            }
        }

        return written;
    }

    private ReadPlan? Default(FieldSchema field, TypeMember? member, RecordSchema writer, RecordSchema reader)
    {
        var type = member?.Type ?? typeof(object);
        if (field.Default is not { } json) return new ReadPlan.Error(type, $"the writer's {writer.FullName} has no field '{field.Name}', and that of {reader.FullName} has no default");
        if (DefaultEncoder.TryEncode(json, field.Schema) is not { } bytes) return new ReadPlan.Error(type, $"the default of the field '{field.Name}' of {reader.FullName} is no value of its schema");

        if (member is null) return null;

        // Built for null too: that finds a member that can't be null.
        var plan = Build(field.Schema, field.Schema, type, member);
        return json.ValueKind is System.Text.Json.JsonValueKind.Null ? new ReadPlan.Null(type) : new ReadPlan.Default(type, bytes, plan);
    }

    private static ReadPlan.Error Mismatch(AvroSchema writer, AvroSchema reader, Type type) => new(type, $"{writer.Display} was written, and {reader.Display} is wanted");
}
