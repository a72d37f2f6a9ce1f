using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Code that writes: the same bytes and the same errors as those of the compiled expressions.</summary>
internal sealed class WriteEmitter(Code code, ValueEmitter values)
{
    private const string Times = "global::EventDriven.SchemaRegistry.Avro.Binary.AvroTimes.";
    private const string Generic = "global::System.Collections.Generic.";

    public void EmitRecord(Value.Record record)
    {
        if (!record.Type.IsValueType) FailIf("value is null", record.Schema.NullReason);
        if (record.IsRecursive) code.Line("writer.Enter();");
        foreach (var member in record.Members)
        {
            var local = code.Local("v");
            code.Line($"var {local} = value.@{member.Name};");
            Emit(member.Value, local);
        }

        if (record.IsRecursive) code.Line("writer.Leave();");
    }

    /// <param name="value">What is written.</param>
    /// <param name="local">The local that has it.</param>
    public void Emit(Value value, string local)
    {
        switch (value)
        {
            case Value.Record record:
                code.Line($"Write{values.Number(record)}(writer, {local});");
                break;
            case Value.Scalar scalar:
                EmitScalar(scalar, local);
                break;
            case Value.Enum @enum:
                EmitEnum(@enum, local);
                break;
            case Value.Union union:
                EmitUnion(union, local);
                break;
            case Value.Collection collection:
                EmitCollection(collection, local);
                break;
        }
    }

    private void EmitScalar(Value.Scalar value, string local)
    {
        var (schema, logical) = (value.Schema, value.Schema.Logical);
        if (value.Name is "String" or "Bytes") FailIf($"{local} is null", schema.NullReason);
        code.Line((value.Name, schema.Kind) switch
        {
            ("String", _) => $"writer.WriteString({local});",
            ("Bytes", "fixed") => $"writer.WriteFixed({local}, {schema.Size});",
            ("Bytes", _) => $"writer.WriteBytes({local});",
            ("Decimal", _) => $"writer.WriteDecimal({local}, {schema.Precision}, {schema.Scale});",
            ("Guid", _) => $"writer.WriteGuid({local});",
            ("Boolean", _) => $"writer.WriteBoolean({local});",
            ("Single", _) => $"writer.WriteFloat({local});",
            ("Double", _) => $"writer.WriteDouble({local});",
            (_, "fixed") => $"writer.WriteDuration({local});",
            var (name, kind) when Scalars.IsInteger(name) => kind == "int" ? $"writer.WriteInt(checked((int){local}));" : $"writer.WriteLong(checked((long){local}));",
            (_, "int") => $"writer.WriteInt({Times}{Time(logical)}({local}));",
            _ => $"writer.WriteLong({Times}{Time(logical)}({local}));",
        });
    }

    private static string Time(string? logical) => logical switch
    {
        "date" => "Days",
        "time-millis" or "timestamp-millis" => "Millis",
        "time-micros" or "timestamp-micros" => "Micros",
        "timestamp-nanos" => "Nanos",
        "local-timestamp-millis" => "LocalMillis",
        "local-timestamp-micros" => "LocalMicros",
        _ => "LocalNanos",
    };

    private void EmitEnum(Value.Enum value, string local)
    {
        var reason = $"the value is none of {Names.Reflected(value.Type)} that the schema has a symbol for";
        if (ReadEmitter.IsCounted(value))
        {
            FailIf($"unchecked((ulong){local}) >= {value.Values.Count}UL", reason);
            code.Line($"writer.WriteInt((int){local});");
            return;
        }

        code.Open($"switch ({local})");
        for (var i = 0; i < value.Values.Count; i++) code.Line($"case unchecked(({value.TypeName})({value.Values[i].Number.ToString(CultureInfo.InvariantCulture)})): writer.WriteInt({i}); break;");
        code.Line($"default: {Fail(reason)} break;");
        code.Close();
    }

    private void EmitUnion(Value.Union value, string local)
    {
        var head = "if";
        var isUnion = value.Schema.Kind == "union";
        if (isUnion || value.IsNullable)
        {
            code.Open($"if ({local} is null)");
            code.Line(value.NullIndex >= 0 ? $"writer.WriteInt({value.NullIndex});" : Fail(value.Schema.NullReason));
            code.Close();
            head = "else if";
        }

        var isOnly = value.Origin is UnionOrigin.Null;
        foreach (var (index, one) in value.Cases)
        {
            var inner = code.Local("c");
            code.Open(isOnly ? "else" : $"{head} ({local} is {one.TypeName} {inner})");
            if (isOnly) code.Line($"var {inner} = {(value.IsNullable ? $"{local}.GetValueOrDefault()" : local)};");
            if (isUnion) code.Line($"writer.WriteInt({index});");
            Emit(one, inner);
            code.Close();
            head = "else if";
        }

        if (isOnly) return;

        code.Line($"else {Fail(isUnion ? $"the value is of none of the types that {value.Schema.Display} has" : $"the value is no {Names.Reflected(value.Cases[0].Value.Type)}, which is all that the schema has")}");
    }

    private void EmitCollection(Value.Collection value, string local)
    {
        var (item, items, count) = (value.Item.TypeName, code.Local("items"), code.Local("count"));
        var isMap = value.Kind is CollectionKind.Map or CollectionKind.ReadOnlyMap;
        if (value.Kind is CollectionKind.ImmutableArray)
        {
            code.Line($"var {items} = global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray({local});");
            FailIf($"{items} is null", value.Schema.NullReason);
        }
        else
        {
            FailIf($"{local} is null", value.Schema.NullReason);
            var entry = isMap ? $"{Generic}KeyValuePair<string, {item}>" : item;
            code.Line($"var {items} = {(value.Kind switch
            {
                CollectionKind.Array or CollectionKind.List => local,
                CollectionKind.ByIndex => $"({Generic}IList<{item}>){local}",
                CollectionKind.ByReadOnlyIndex => $"({Generic}IReadOnlyList<{item}>){local}",
                CollectionKind.Enumerable => $"global::System.Linq.Enumerable.ToArray({local})",
                // Its own enumerator is a struct, and costs nothing.
                _ when IsKnown(value) => local,
                CollectionKind.Counted or CollectionKind.Map => $"({Generic}ICollection<{entry}>){local}",
                _ => $"({Generic}IReadOnlyCollection<{entry}>){local}",
            })};");
        }

        var isArray = value.Kind is CollectionKind.Array or CollectionKind.ImmutableArray or CollectionKind.Enumerable;
        code.Line($"var {count} = {items}.{(isArray ? "Length" : "Count")};");
        code.Line($"if ({count} > 0) writer.WriteLong({count});");
        var one = code.Local("item");
        if (isArray || value.Kind is CollectionKind.List or CollectionKind.ByIndex or CollectionKind.ByReadOnlyIndex)
        {
            var index = code.Local("i");
            code.Open($"for (var {index} = 0; {index} < {count}; {index}++)");
            code.Line($"var {one} = {items}[{index}];");
            Emit(value.Item, one);
            code.Close();
        }
        else
        {
            code.Open($"foreach (var {one} in {(IsKnown(value) ? items : $"new {ContextEmitter.Metadata}{(isMap ? "AvroEntries" : "AvroItems")}<{item}>({items})")})");
            if (isMap)
            {
                var inner = code.Local("v");
                code.Line($"writer.WriteString({one}.Key);");
                code.Line($"var {inner} = {one}.Value;");
                Emit(value.Item, inner);
            }
            else
            {
                Emit(value.Item, one);
            }

            code.Line($"{count}--;");
            code.Close();
            FailIf($"{count} != 0", "it had another number of items than it counted");
        }

        code.Line("writer.WriteLong(0);");
    }

    private static bool IsKnown(Value.Collection value) => value.TypeName == value.Build && (value.Build.StartsWith($"{Generic}HashSet<", System.StringComparison.Ordinal) || value.Build.StartsWith($"{Generic}Dictionary<", System.StringComparison.Ordinal));

    private void FailIf(string condition, string reason) => code.Line($"if ({condition}) {Fail(reason)}");

    private static string Fail(string reason) => $"global::EventDriven.SchemaRegistry.Avro.Binary.AvroWriter.Fail({Names.Literal(reason)});";
}
