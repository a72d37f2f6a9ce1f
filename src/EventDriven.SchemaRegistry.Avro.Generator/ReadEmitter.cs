using System.Globalization;
using System.Linq;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Code that reads: the same values and the same errors as those of the compiled expressions.</summary>
internal sealed class ReadEmitter(Code code, ValueEmitter values)
{
    private const string Times = "global::EventDriven.SchemaRegistry.Avro.Binary.AvroTimes.";
    private const string Generic = "global::System.Collections.Generic.";
    private const string Arrays = ContextEmitter.Metadata + "AvroArrays.";

    /// <summary>Whether the values of an enum are the numbers of its symbols.</summary>
    public static bool IsCounted(Value.Enum value) => !value.Values.Where(static (entry, i) => entry.Number != i).Any();

    public void EmitRecord(Value.Record record)
    {
        if (record.IsRecursive) code.Line("reader.Enter();");
        string[] locals = [.. record.Members.Select(member => Keep(member.Value))];
        if (record.IsRecursive) code.Line("reader.Leave();");
        code.Line($"return {Create(record, member => locals[record.Members.ToList().IndexOf(member)])};");
    }

    /// <summary>An expression that makes a record.</summary>
    public static string Create(Value.Record record, System.Func<Value.Member, string> value)
    {
        var created = $"new {record.TypeName}({string.Join(", ", record.Parameters.Select(value))})";
        return record.Assigned.Count == 0 ? created : $"{created} {{ {string.Join(", ", record.Assigned.Select(member => $"@{member.Name} = {value(member)}"))} }}";
    }

    /// <summary>Statements that read a value into a local.</summary>
    private string Keep(Value value)
    {
        var read = Emit(value);
        if (value is Value.Union or Value.Collection) return read;

        var local = code.Local("v");
        code.Line($"var {local} = {read};");
        return local;
    }

    /// <returns>An expression that reads the value, or has it; used once, where the code is.</returns>
    public string Emit(Value value) => value switch
    {
        Value.Record record => $"Read{values.Number(record)}(reader)",
        Value.Scalar scalar => Scalar(scalar),
        Value.Enum @enum => EmitEnum(@enum),
        Value.Union union => EmitUnion(union),
        _ => EmitCollection((Value.Collection)value),
    };

    private static string Scalar(Value.Scalar value)
    {
        var (schema, logical) = (value.Schema, value.Schema.Logical);
        return (value.Name, schema.Kind) switch
        {
            ("String", _) => "reader.ReadString()",
            ("Bytes", "fixed") => $"reader.ReadFixed({schema.Size})",
            ("Bytes", _) => "reader.ReadBytes()",
            ("Decimal", _) => $"reader.ReadDecimal({schema.Scale})",
            ("Guid", _) => "reader.ReadGuid()",
            ("Boolean", _) => "reader.ReadBoolean()",
            ("Single", _) => "reader.ReadFloat()",
            ("Double", _) => "reader.ReadDouble()",
            (_, "fixed") => "reader.ReadDuration()",
            var (name, kind) when Scalars.IsInteger(name) => $"checked(({value.TypeName}){(kind == "int" ? "reader.ReadInt()" : "reader.ReadLong()")})",
            var (name, kind) => $"{Times}{Time(name, logical)}({(kind == "int" ? "reader.ReadInt()" : "reader.ReadLong()")})",
        };
    }

    private static string Time(string name, string? logical)
    {
        var (span, offset) = (name == "TimeSpan" ? "Span" : "Time", name == "DateTimeOffset" ? "Offset" : "Utc");
        return logical switch
        {
            "date" => "DateFromDays",
            "time-millis" => $"{span}FromMillis",
            "time-micros" => $"{span}FromMicros",
            "timestamp-millis" => $"{offset}FromMillis",
            "timestamp-micros" => $"{offset}FromMicros",
            "timestamp-nanos" => $"{offset}FromNanos",
            "local-timestamp-millis" => "LocalFromMillis",
            "local-timestamp-micros" => "LocalFromMicros",
            _ => "LocalFromNanos",
        };
    }

    private static string EmitEnum(Value.Enum value)
    {
        var read = $"reader.ReadIndex({value.Values.Count})";
        if (IsCounted(value)) return $"({value.TypeName}){read}";

        var arms = value.Values.Select((entry, i) => $"{(i == value.Values.Count - 1 ? "_" : i.ToString(CultureInfo.InvariantCulture))} => unchecked(({value.TypeName})({entry.Number.ToString(CultureInfo.InvariantCulture)}))");
        return $"{read} switch {{ {string.Join(", ", arms)} }}";
    }

    private string EmitUnion(Value.Union value)
    {
        if (value.Schema.Kind != "union") return $"({value.TypeName}){Emit(value.Cases[0].Value)}";

        var (result, index) = (code.Local("u"), code.Local("index"));
        code.Line($"{value.TypeName} {result};");
        code.Line($"var {index} = reader.ReadIndex({value.Schema.Parts.Count});");
        var head = "if";
        for (var i = 0; i < value.Schema.Parts.Count; i++)
        {
            code.Open(i == value.Schema.Parts.Count - 1 ? "else" : $"{head} ({index} == {i})");
            if (i == value.NullIndex) code.Line($"{result} = null;");
            else code.Line($"{result} = {Emit(value.Cases.First(one => one.Index == i).Value)};");
            code.Close();
            head = "else if";
        }

        return result;
    }

    private string EmitCollection(Value.Collection value)
    {
        var (item, count, end, index) = (value.Item.TypeName, code.Local("count"), code.Local("end"), code.Local("i"));
        var isMap = value.Kind is CollectionKind.Map or CollectionKind.ReadOnlyMap;
        var isArray = value.Kind is CollectionKind.Array or CollectionKind.ImmutableArray;
        var (items, total) = (code.Local("items"), code.Local("total"));
        code.Line($"{(isArray ? $"{item.Insert(Rank(item), "[]")}" : value.Build)} {items} = null;");
        if (isArray) code.Line($"var {total} = 0;");
        code.Line($"int {count}, {end};");
        var size = value.Item.Schema.MinimumSize;
        code.Open($"while (({count} = reader.ReadBlock({(isMap && size < int.MaxValue ? size + 1 : size)}, out {end})) > 0)");
        code.Line(isArray ? $"{items} = {Arrays}Grow({items}, {total}, {count});" : $"if ({items} is null) {items} = {New(value.Build, count)};");
        code.Open($"for (var {index} = 0; {index} < {count}; {index}++)");
        if (isMap)
        {
            var key = code.Local("key");
            code.Line($"var {key} = reader.ReadString();");
            var one = Keep(value.Item);
            code.Line($"{(IsOf(value, "Dictionary") ? items : $"(({Generic}IDictionary<string, {item}>){items})")}[{key}] = {one};");
        }
        else
        {
            var one = Keep(value.Item);
            code.Line(isArray ? $"{items}[{total}++] = {one};" : $"{(IsOf(value, "List") || IsOf(value, "HashSet") ? items : $"(({Generic}ICollection<{item}>){items})")}.Add({one});");
        }

        code.Close();
        code.Line($"reader.EndBlock({end});");
        code.Close();
        code.Line(isArray ? $"{items} = {Arrays}Trim({items}, {total});" : $"if ({items} is null) {items} = {New(value.Build, "0")};");
        return value.Kind is CollectionKind.ImmutableArray ? $"global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray({items})" : items;
    }

    private static bool IsOf(Value.Collection value, string name) => value.Build.StartsWith($"{Generic}{name}<", System.StringComparison.Ordinal);

    /// <summary>Where the brackets of an array of a type stand: before those that the type has already.</summary>
    internal static int Rank(string type)
    {
        var end = type.Length;
        while (end > 0 && (type[end - 1] is ']' or '[' or ',')) end--;
        return end;
    }

    internal static string New(string build, string count) =>
        build.StartsWith($"{Generic}List<", System.StringComparison.Ordinal) || build.StartsWith($"{Generic}HashSet<", System.StringComparison.Ordinal) || build.StartsWith($"{Generic}Dictionary<", System.StringComparison.Ordinal)
            ? $"new {build}({count})"
            : $"new {build}()";
}
