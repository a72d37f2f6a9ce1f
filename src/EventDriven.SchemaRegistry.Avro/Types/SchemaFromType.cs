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

    private readonly Dictionary<Type, NamedSchema> _named = [];
    private readonly Dictionary<string, Type> _names = new(StringComparer.Ordinal);
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
        var onMember = value == typeof(object) || CollectionShape.Of(value) is null ? member?.Union : null;
        if (UnionCases.Of(value, onMember) is { } cases) branches.AddRange(cases.Select(branch => BuildValue(branch, null, member)));
        else branches.Add(BuildValue(value, nullability, member));

        if (branches.Count == 1) return branches[0];

        var distinct = branches.Select(static branch => branch is NamedSchema named ? named.FullName : PrimitiveSchema.NameOf(branch.Kind)).Distinct(StringComparer.Ordinal).Count();
        return distinct == branches.Count
            ? new UnionSchema(branches)
            : throw new AvroTypeException($"The union of {TypeContract.Name(type)} would have two branches that Avro can't tell apart: {string.Join(", ", branches.Select(static branch => branch.Display))}.");
    }

    private static bool IsNullable(Type type, NullabilityInfo? nullability) =>
        type.IsValueType ? Nullable.GetUnderlyingType(type) is not null : nullability?.ReadState is NullabilityState.Nullable;

    private AvroSchema BuildValue(Type type, NullabilityInfo? nullability, ReflectedMember? member)
    {
        if (Scalar(type, member) is { } scalar) return scalar;
        if (_named.TryGetValue(type, out var known)) return known;
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
        var chosen = member?.Attribute<AvroLogicalTypeAttribute>()?.Name;
        if (type == typeof(decimal))
        {
            var digits = member?.Attribute<AvroDecimalAttribute>();
            var logical = LogicalType.Find("decimal", AvroKind.Bytes, 0, digits?.Precision ?? DefaultPrecision, digits?.Scale ?? DefaultScale);
            return logical.Kind is not LogicalKind.None
                ? new PrimitiveSchema(AvroKind.Bytes) { Logical = logical }
                : throw new AvroTypeException($"[AvroDecimal({digits!.Precision}, {digits.Scale})] of {member!.Display} is none: the precision is 1 or more, the scale from 0 to the precision.");
        }

        if (!ScalarTypes.TryGetDefault(type, out var kind, out var standard)) return null;
        if (chosen is null) return Make(kind, standard);
        if (LogicalType.Find(chosen) is not { } other)
        {
            throw new AvroTypeException($"[AvroLogicalType(\"{chosen}\")] of {member!.Display} names no logical type that is known here.");
        }

        return ScalarTypes.Fits(type, other.On, other.Kind)
            ? Make(other.On, other.Kind)
            : throw new AvroTypeException($"[AvroLogicalType(\"{chosen}\")] of {member!.Display} does not fit {TypeContract.Name(type)}.");
    }

    private AvroSchema Make(AvroKind kind, LogicalKind logical) => kind is AvroKind.Fixed
        ? BuildDuration()
        : new PrimitiveSchema(kind) { Logical = new LogicalType(logical) };

    /// <summary>A fixed needs a name: in the namespace of the event, so that it is found by its bare one.</summary>
    private NamedSchema BuildDuration()
    {
        if (_named.TryGetValue(typeof(TimeSpan), out var known)) return known;

        var fullName = AvroNames.Qualify("Duration", _namespace);
        if (!_names.TryAdd(fullName, typeof(TimeSpan))) throw new AvroTypeException($"{TypeContract.Name(_names[fullName])} is called '{fullName}', as the duration of 12 bytes is. Name it by [AvroType(Name = …)].");

        var schema = new FixedSchema(fullName, 12) { Logical = new LogicalType(LogicalKind.Duration) };
        _named.Add(typeof(TimeSpan), schema);
        return schema;
    }

    private EnumSchema BuildEnum(Type type)
    {
        var fullName = Claim(type);
        var attribute = type.GetCustomAttribute<AvroTypeAttribute>();
        string[] symbols = [.. TypeNames.Symbols(type).Select(static symbol => symbol.Symbol)];
        if (Array.Find(symbols, static symbol => !AvroNames.IsName(symbol)) is { } invalid) throw new AvroTypeException($"{TypeContract.Name(type)} has the symbol '{invalid}', which is no name in Avro.");
        if (symbols.Length == 0) throw new AvroTypeException($"{TypeContract.Name(type)} has no values.");
        if (attribute?.Default is { } @default && !symbols.Contains(@default, StringComparer.Ordinal))
        {
            throw new AvroTypeException($"[AvroType(Default = \"{@default}\")] of {TypeContract.Name(type)} is none of its symbols.");
        }

        var schema = new EnumSchema(fullName, symbols) { Aliases = TypeNames.Aliases(type, fullName), Doc = attribute?.Doc, Default = attribute?.Default };
        _named.Add(type, schema);
        return schema;
    }

    private RecordSchema BuildRecord(Type type)
    {
        var fullName = Claim(type);
        var contract = TypeContract.Of(type);
        var schema = new RecordSchema(fullName) { Aliases = TypeNames.Aliases(type, fullName), Doc = type.GetCustomAttribute<AvroTypeAttribute>()?.Doc };
        _named.Add(type, schema);

        var fields = new List<FieldSchema>();
        foreach (var member in contract.Members.Cast<ReflectedMember>())
        {
            var field = BuildField(member);
            if (!AvroNames.IsName(field.Name)) throw new AvroTypeException($"The field '{field.Name}' of {TypeContract.Name(type)} has no valid name in Avro. Name it by [AvroField(\"…\")].");
            if (fields.Exists(other => other.Name == field.Name)) throw new AvroTypeException($"{TypeContract.Name(type)} has two fields '{field.Name}'. Name one of them by [AvroField(\"…\")].");
            fields.Add(field);
        }

        schema.Fields = fields;
        return schema;
    }

    private FieldSchema BuildField(ReflectedMember member)
    {
        var nullability = member.Member is PropertyInfo property ? _nullability.Create(property) : _nullability.Create((FieldInfo)member.Member);
        var schema = Build(member.Type, nullability, member);
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

        if (member.Parameter is { HasDefaultValue: true } parameter && ParameterDefault(parameter) is { } value && DefaultEncoder.TryEncode(value, schema) is not null) return value;
        return schema is UnionSchema union && union.Branches[0].Kind is AvroKind.Null ? JsonElement.Parse("null") : null;
    }

    /// <returns>Null where the value has no plain form in JSON.</returns>
    private static JsonElement? ParameterDefault(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return parameter.DefaultValue switch
        {
            null when !parameter.ParameterType.IsValueType || type != parameter.ParameterType => JsonElement.Parse("null"),
            bool value => JsonElement.Parse(value ? "true" : "false"),
            string value => JsonElement.Parse($"\"{JsonEncodedText.Encode(value)}\""),
            { } value when type.IsEnum => TypeNames.Symbols(type).FirstOrDefault(symbol => symbol.Value.Equals(Enum.ToObject(type, value)))?.Symbol is { } symbol ? JsonElement.Parse($"\"{symbol}\"") : null,
            (float or double) and IFormattable value when double.IsFinite(Convert.ToDouble(value, null)) => JsonElement.Parse(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
            (byte or sbyte or short or ushort or int or uint or long or ulong) and IFormattable value => JsonElement.Parse(value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private string Claim(Type type)
    {
        var fullName = TypeNames.FullName(type);
        _namespace ??= fullName.LastIndexOf('.') is var dot and > 0 ? fullName[..dot] : "";
        return _names.TryAdd(fullName, type)
            ? fullName
            : throw new AvroTypeException($"{TypeContract.Name(_names[fullName])} and {TypeContract.Name(type)} would both be called '{fullName}'. Name one of them by [AvroType(Name = …)].");
    }
}
