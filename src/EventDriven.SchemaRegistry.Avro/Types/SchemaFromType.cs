using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>Makes the schema of a type. Not thread-safe: one for each schema.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class SchemaFromType
{
    private const int DefaultPrecision = 29;
    private const int DefaultScale = 14;

    private readonly List<NamedType> _named = [];
    private readonly NullabilityInfoContext _nullability = new();
    private string? _namespace;

    private SchemaFromType()
    {
    }

    /// <exception cref="AvroTypeException">The type has no Avro form.</exception>
    public static AvroSchema Of(Type type) => new SchemaFromType().Build(type, null, null);

    private AvroSchema Build(Type type, NullabilityInfo? nullability, ReflectedMember? member)
    {
        var branches = new List<AvroSchema>();
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (IsNullable(type, nullability)) branches.Add(new PrimitiveSchema(AvroKind.Null));

        // On a member that is a collection, the attribute speaks of the items.
        var onMember = member?.Union is { } union && CollectionShape.Of(value) is null ? union : null;
        if (UnionCases.Of(value, onMember) is { } cases)
        {
            for (var i = 0; i < cases.Count; i++) branches.Add(BuildValue(cases[i], null, member));
        }
        else
        {
            branches.Add(BuildValue(value, nullability, member));
        }

        return branches.Count == 1 ? branches[0] : BuildUnion(type, branches);
    }

    private static UnionSchema BuildUnion(Type type, List<AvroSchema> branches)
    {
        for (var i = 1; i < branches.Count; i++)
        {
            if (IndexOf(branches, NameOf(branches[i])) != i) throw Indistinct(type, branches);
        }

        return new UnionSchema(branches);
    }

    private static AvroTypeException Indistinct(Type type, List<AvroSchema> branches) =>
        new($"The union of {TypeContract.Name(type)} would have two branches that Avro can't tell apart: {string.Join(", ", branches.ConvertAll(static branch => branch.Display))}.");

    private static int IndexOf(List<AvroSchema> branches, string name)
    {
        var index = 0;
        while (NameOf(branches[index]) != name) index++;
        return index;
    }

    private static string NameOf(AvroSchema branch) => branch is NamedSchema named ? named.FullName : PrimitiveSchema.NameOf(branch.Kind);

    private static bool IsNullable(Type type, NullabilityInfo? nullability) =>
        type.IsValueType ? Nullable.GetUnderlyingType(type) is not null : nullability?.ReadState is NullabilityState.Nullable;

    private AvroSchema BuildValue(Type type, NullabilityInfo? nullability, ReflectedMember? member)
    {
        if (Scalar(type, member) is { } scalar) return scalar;
        if (Find(type) is { } known) return known;
        if (type.IsEnum) return BuildEnum(type);
        if (CollectionShape.Of(type) is { } collection) return BuildCollection(type, collection, nullability, member);

        return type == typeof(object) || type.IsPrimitive || type.IsPointer || typeof(Delegate).IsAssignableFrom(type)
            ? throw new AvroTypeException($"{TypeContract.Name(type)} has no form in Avro{(type == typeof(object) ? ": name the types it stands for by [AvroUnion(typeof(…))] on the member" : "")}.")
            : BuildRecord(type);
    }

    private AvroSchema BuildCollection(Type type, CollectionShape collection, NullabilityInfo? nullability, ReflectedMember? member)
    {
        var item = type.IsArray ? nullability?.ElementType : nullability?.GenericTypeArguments is { Length: > 0 } arguments ? arguments[^1] : null;
        var schema = Build(collection.Item, item, member);
        return collection.IsMap ? new MapSchema(schema) : new ArraySchema(schema);
    }

    private AvroSchema? Scalar(Type type, ReflectedMember? member)
    {
        if (type == typeof(decimal)) return Decimal(member);
        if (!ScalarTypes.TryGetDefault(type, out var kind, out var standard)) return null;

        return member?.Attribute<AvroLogicalTypeAttribute>() is { } chosen ? Chosen(type, member, chosen.Name) : Make(kind, standard);
    }

    private static PrimitiveSchema Decimal(ReflectedMember? member)
    {
        var digits = member?.Attribute<AvroDecimalAttribute>();
        var logical = LogicalType.Find("decimal", AvroKind.Bytes, 0, digits?.Precision ?? DefaultPrecision, digits?.Scale ?? DefaultScale);
        return logical.Kind is not LogicalKind.None
            ? new PrimitiveSchema(AvroKind.Bytes) { Logical = logical }
            : throw new AvroTypeException($"[AvroDecimal({digits!.Precision}, {digits.Scale})] of {member!.Display} is none: the precision is 1 or more, the scale from 0 to the precision.");
    }

    private AvroSchema Chosen(Type type, ReflectedMember member, string name)
    {
        var logical = LogicalType.Find(name);
        if (logical is LogicalKind.None) throw new AvroTypeException($"[AvroLogicalType(\"{name}\")] of {member.Display} names no logical type that is known here.");

        var kind = LogicalType.On(logical);
        return ScalarTypes.Fits(type, kind, logical)
            ? Make(kind, logical)
            : throw new AvroTypeException($"[AvroLogicalType(\"{name}\")] of {member.Display} does not fit {TypeContract.Name(type)}.");
    }

    private AvroSchema Make(AvroKind kind, LogicalKind logical) => kind is AvroKind.Fixed
        ? BuildDuration()
        : new PrimitiveSchema(kind) { Logical = new LogicalType(logical) };

    /// <summary>A fixed needs a name: in the namespace of the event, so that it is found by its bare one.</summary>
    private NamedSchema BuildDuration()
    {
        if (Find(typeof(TimeSpan)) is { } known) return known;

        var fullName = AvroNames.Qualify("Duration", _namespace);
        if (Owner(fullName) is { } owner) throw new AvroTypeException($"{TypeContract.Name(owner)} is called '{fullName}', as the duration of 12 bytes is. Name it by [AvroType(Name = …)].");

        return Add(typeof(TimeSpan), new FixedSchema(fullName, 12) { Logical = new LogicalType(LogicalKind.Duration) });
    }

    private NamedSchema BuildEnum(Type type)
    {
        var attribute = TypeNames.Attribute(type);
        var fullName = Claim(type, attribute);
        var symbols = new List<string>();
        foreach (var symbol in TypeNames.Symbols(type))
        {
            if (!AvroNames.IsName(symbol.Symbol)) throw new AvroTypeException($"{TypeContract.Name(type)} has the symbol '{symbol.Symbol}', which is no name in Avro.");
            symbols.Add(symbol.Symbol);
        }

        if (symbols.Count == 0) throw new AvroTypeException($"{TypeContract.Name(type)} has no values.");
        if (attribute?.Default is { } @default && !symbols.Contains(@default))
        {
            throw new AvroTypeException($"[AvroType(Default = \"{@default}\")] of {TypeContract.Name(type)} is none of its symbols.");
        }

        return Add(type, new EnumSchema(fullName, symbols) { Aliases = TypeNames.Aliases(attribute, fullName), Doc = attribute?.Doc, Default = attribute?.Default });
    }

    private RecordSchema BuildRecord(Type type)
    {
        var attribute = TypeNames.Attribute(type);
        var fullName = Claim(type, attribute);
        var contract = TypeContract.Of(type);
        var schema = new RecordSchema(fullName) { Aliases = TypeNames.Aliases(attribute, fullName), Doc = attribute?.Doc };
        Add(type, schema);

        var fields = new FieldSchema[contract.Members.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var field = BuildField((ReflectedMember)contract.Members[i]);
            if (!AvroNames.IsName(field.Name)) throw new AvroTypeException($"The field '{field.Name}' of {TypeContract.Name(type)} has no valid name in Avro. Name it by [AvroField(\"…\")].");
            if (Has(fields, i, field.Name)) throw new AvroTypeException($"{TypeContract.Name(type)} has two fields '{field.Name}'. Name one of them by [AvroField(\"…\")].");
            fields[i] = field;
        }

        schema.Fields = fields;
        return schema;
    }

    private static bool Has(FieldSchema[] fields, int count, string name)
    {
        for (var i = 0; i < count; i++)
        {
            if (fields[i].Name == name) return true;
        }

        return false;
    }

    private FieldSchema BuildField(ReflectedMember member)
    {
        var nullability = member.Member is PropertyInfo property ? _nullability.Create(property) : _nullability.Create((FieldInfo)member.Member);
        var schema = Build(member.Type, nullability, member);
        // Most fields have no default but null, and for them no JSON is made.
        return member.Default is null && (!member.HasDefault || member.Parameter!.DefaultValue is null)
            ? new FieldSchema(member.FieldName, schema) { Aliases = member.Aliases, Doc = member.Doc, HasNullDefault = HasNullFirst(schema) }
            : BuildFieldWithDefault(member, schema);
    }

    private static FieldSchema BuildFieldWithDefault(ReflectedMember member, AvroSchema schema)
    {
        var value = DefaultOf(member, schema);
        if (value is { } json)
        {
            // Readers before Avro 1.12 take a default for the first branch only.
            if (schema is UnionSchema union && union.Branches.FirstOrDefault(branch => DefaultEncoder.Fits(json, branch)) is { } first && first != union.Branches[0])
            {
                schema = new UnionSchema([first, .. union.Branches.Where(branch => branch != first)]);
            }

            if (DefaultEncoder.TryEncode(json, schema) is null)
            {
                throw new AvroTypeException($"The default {json.GetRawText()} of {member.Display} is no value of {schema.Display}.");
            }
        }

        return new FieldSchema(member.FieldName, schema) { Aliases = member.Aliases, Doc = member.Doc, Default = value };
    }

    private static bool HasNullFirst(AvroSchema schema) => schema is UnionSchema { NullIndex: 0 };

    private static JsonElement? DefaultOf(ReflectedMember member, AvroSchema schema)
    {
        if (member.Default is { } json)
        {
            try
            {
                return JsonElement.Parse(json);
            }
            catch (JsonException exception)
            {
                throw new AvroTypeException($"The default of {member.Display} is no JSON: {exception.Message}");
            }
        }

        if (member is { HasDefault: true, Parameter: { } parameter } && ParameterDefault(parameter) is { } value && DefaultEncoder.TryEncode(value, schema) is not null) return value;
        return HasNullFirst(schema) ? JsonElement.Parse("null") : null;
    }

    /// <returns>Null where the value has no plain form in JSON.</returns>
    private static JsonElement? ParameterDefault(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.DefaultValue switch
        {
            bool value => JsonElement.Parse(value ? "true" : "false"),
            string value => JsonElement.Parse($"\"{JsonEncodedText.Encode(value)}\""),
            { } value when type.IsEnum => TypeNames.Symbols(type).FirstOrDefault(symbol => symbol.Value.Equals(Enum.ToObject(type, value)))?.Symbol is { } symbol ? JsonElement.Parse($"\"{symbol}\"") : null,
            (float or double) and IFormattable value when double.IsFinite(Convert.ToDouble(value, null)) => JsonElement.Parse(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
            (byte or sbyte or short or ushort or int or uint or long or ulong) and IFormattable value => JsonElement.Parse(value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private string Claim(Type type, AvroTypeAttribute? attribute)
    {
        var fullName = TypeNames.FullName(type, attribute);
        _namespace ??= fullName.LastIndexOf('.') is var dot and > 0 ? fullName[..dot] : "";
        return Owner(fullName) is not { } owner
            ? fullName
            : throw new AvroTypeException($"{TypeContract.Name(owner)} and {TypeContract.Name(type)} would both be called '{fullName}'. Name one of them by [AvroType(Name = …)].");
    }

    private NamedSchema? Find(Type type)
    {
        for (var i = 0; i < _named.Count; i++)
        {
            if (_named[i].Type == type) return _named[i].Schema;
        }

        return null;
    }

    /// <summary>The type that has a name already; null where none has.</summary>
    private Type? Owner(string fullName)
    {
        for (var i = 0; i < _named.Count; i++)
        {
            if (_named[i].Schema.FullName == fullName) return _named[i].Type;
        }

        return null;
    }

    private NamedSchema Add(Type type, NamedSchema schema)
    {
        _named.Add(new NamedType(type, schema));
        return schema;
    }

    private sealed class NamedType(Type type, NamedSchema schema)
    {
        public Type Type => type;

        public NamedSchema Schema => schema;
    }
}
