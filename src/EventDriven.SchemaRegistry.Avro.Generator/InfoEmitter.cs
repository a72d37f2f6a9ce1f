using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Writes what plans for other schemas are made from: a property for each type, made once it is asked for.</summary>
internal sealed class InfoEmitter(Code code)
{
    private const string Metadata = ContextEmitter.Metadata;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Queue<(string Name, Value Value)> _rest = new();

    /// <summary>An expression that has what is told of a type.</summary>
    public string Info(Value value) => Plain(value) is Value.Scalar scalar ? Scalar(scalar) : $"Infos.{Name(value)}";

    public void EmitAll()
    {
        while (_rest.Count > 0)
        {
            var (name, value) = _rest.Dequeue();
            var type = $"{Metadata}AvroTypeInfo<{value.TypeName}>";
            code.Line($"private static {type} _{name};");
            code.Line("");
            // The first that is there stays: plans compare by reference.
            code.Line($"internal static {type} {name} => _{name} ?? global::System.Threading.Interlocked.CompareExchange(ref _{name}, {Make(value, name)}, null) ?? _{name};");
            code.Line("");
            if (value is Value.Record record) EmitValues(record, name);
        }
    }

    /// <summary>Where null may be is the schema's matter, but for structs.</summary>
    private static Value Plain(Value value) => value is Value.Union { Origin: UnionOrigin.Null, IsNullable: false, Cases: [var only] } ? only.Value : value;

    private string Name(Value value)
    {
        var target = Plain(value);
        var key = Key(target);
        if (_names.TryGetValue(key, out var name)) return name;

        name = $"Info{_names.Count}";
        _names.Add(key, name);
        _rest.Enqueue((name, target));
        return name;
    }

    private string Get(Value value) => $"static () => {(Plain(value) is Value.Scalar scalar ? Scalar(scalar) : Name(value))}";

    private static string Scalar(Value.Scalar scalar) => $"{Metadata}AvroScalars.{scalar.Name}";

    /// <summary>The type, and what a member says of the types that it stands for.</summary>
    private static string Key(Value value) => value switch
    {
        Value.Union { Origin: UnionOrigin.Member } union => $"{union.TypeName} of {string.Join(", ", union.Cases.Select(static one => one.Value.TypeName))}",
        Value.Collection collection => $"{collection.TypeName} of {Key(Plain(collection.Item))}",
        _ => value.TypeName,
    };

    private string Make(Value value, string name) => value switch
    {
        Value.Enum @enum => $"new {Metadata}AvroEnumInfo<{@enum.TypeName}>({Names.Literal(@enum.Schema.FullName!)}, new {@enum.TypeName}[] {{ {string.Join(", ", @enum.Values.Select(entry => $"unchecked(({@enum.TypeName})({entry.Number.ToString(CultureInfo.InvariantCulture)}))"))} }}, new string[] {{ {string.Join(", ", @enum.Values.Select(static entry => Names.Literal(entry.Symbol)))} }})",
        Value.Union { IsNullable: true } union => $"new {Metadata}AvroNullableInfo<{union.Cases[0].Value.TypeName}>({Get(union.Cases[0].Value)})",
        Value.Union union => $"new {Metadata}AvroUnionInfo<{union.TypeName}>({(union.Origin is UnionOrigin.Member ? "true" : "false")}, {string.Join(", ", union.Cases.OrderBy(static one => one.Index).Select(one => $"new {Metadata}AvroCaseInfo<{union.TypeName}, {one.Value.TypeName}>({Get(one.Value)})"))})",
        Value.Collection collection => Collection(collection),
        _ => Record((Value.Record)value, name),
    };

    private string Collection(Value.Collection value)
    {
        var item = value.Item.TypeName;
        return value.Kind switch
        {
            CollectionKind.Array => $"new {Metadata}AvroArrayInfo<{value.TypeName}, {item}>({Get(value.Item)}, static items => items, static items => items)",
            CollectionKind.ImmutableArray => $"new {Metadata}AvroArrayInfo<{value.TypeName}, {item}>({Get(value.Item)}, static items => global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(items), static items => global::System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(items))",
            CollectionKind.Map or CollectionKind.ReadOnlyMap => $"new {Metadata}AvroMapInfo<{value.TypeName}, {value.Build}, {item}>({Get(value.Item)}, static count => {ReadEmitter.New(value.Build, "count")})",
            _ => $"new {Metadata}AvroCollectionInfo<{value.TypeName}, {value.Build}, {item}>({Get(value.Item)}, static count => {ReadEmitter.New(value.Build, "count")})",
        };
    }

    private string Record(Value.Record record, string name)
    {
        var members = record.Members.Select((member, i) =>
        {
            var union = member.Union is null ? "null" : $"new global::System.Type[] {{ {string.Join(", ", member.Union.Select(static type => $"typeof({Names.CSharp(type)})"))} }}";
            return $"new {Metadata}AvroMemberInfo<{record.TypeName}, Values{name}, {member.Value.TypeName}>({Names.Literal(member.Name)}, {Names.Literal(member.FieldName)}, {union}, {Get(member.Value)}, static value => value.@{member.Name}, static (ref Values{name} values, {member.Value.TypeName} value) => values.M{i} = value)";
        });
        var create = $"static (in Values{name} values) => {ReadEmitter.Create(record, member => $"values.M{record.Members.ToList().IndexOf(member)}")}";
        return $"new {Metadata}AvroRecordInfo<{record.TypeName}, Values{name}>({string.Join(", ", new[] { Names.Literal(record.Schema.FullName!), create }.Concat(members))})";
    }

    private void EmitValues(Value.Record record, string name)
    {
        code.Open($"internal struct Values{name}");
        for (var i = 0; i < record.Members.Count; i++) code.Line($"public {record.Members[i].Value.TypeName} M{i};");
        code.Close();
        code.Line("");
    }
}
