using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Serialization;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>What types, members and symbols are called in Avro.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
internal static class TypeNames
{
    /// <exception cref="AvroTypeException">The name is no valid one in Avro.</exception>
    public static string FullName(Type type) => FullName(type, Attribute(type));

    /// <inheritdoc cref="FullName(Type)"/>
    public static string FullName(Type type, AvroTypeAttribute? attribute)
    {
        var fullName = AvroNames.Qualify(attribute?.Name ?? Simple(type), attribute?.Namespace ?? type.Namespace);
        return AvroNames.IsFullName(fullName)
            ? fullName
            : throw new AvroTypeException($"{type} would be called '{fullName}', which is no name in Avro: letters A to Z, digits and _ only. Name it by [AvroType(Name = …, Namespace = …)].");
    }

    /// <summary>What the type says of itself; null where it says nothing. Copied from the metadata: to make an attribute with properties, the runtime compiles code for each of them.</summary>
    public static AvroTypeAttribute? Attribute(Type type)
    {
        var attributes = type.GetCustomAttributesData();
        for (var i = 0; i < attributes.Count; i++)
        {
            if (attributes[i].AttributeType == typeof(AvroTypeAttribute)) return Copy(attributes[i].NamedArguments);
        }

        return null;
    }

    private static AvroTypeAttribute Copy(IList<CustomAttributeNamedArgument> arguments)
    {
        var attribute = new AvroTypeAttribute();
        for (var i = 0; i < arguments.Count; i++)
        {
            var value = arguments[i].TypedValue.Value;
            switch (arguments[i].MemberName)
            {
                case nameof(AvroTypeAttribute.Name):
                    attribute.Name = (string?)value;
                    break;
                case nameof(AvroTypeAttribute.Namespace):
                    attribute.Namespace = (string?)value;
                    break;
                case nameof(AvroTypeAttribute.Doc):
                    attribute.Doc = (string?)value;
                    break;
                case nameof(AvroTypeAttribute.Default):
                    attribute.Default = (string?)value;
                    break;
                case nameof(AvroTypeAttribute.Aliases):
                    attribute.Aliases = Texts((IReadOnlyList<CustomAttributeTypedArgument>)value!);
                    break;
            }
        }

        return attribute;
    }

    private static string[] Texts(IReadOnlyList<CustomAttributeTypedArgument> values)
    {
        var texts = new string[values.Count];
        for (var i = 0; i < texts.Length; i++) texts[i] = (string)values[i].Value!;
        return texts;
    }

    public static string[] Aliases(AvroTypeAttribute? attribute, string fullName)
    {
        var aliases = attribute?.Aliases ?? [];
        if (aliases.Length == 0) return aliases;

        var dot = fullName.LastIndexOf('.');
        var @namespace = dot < 0 ? null : fullName[..dot];
        var qualified = new string[aliases.Length];
        for (var i = 0; i < aliases.Length; i++) qualified[i] = AvroNames.Qualify(aliases[i], @namespace);
        return qualified;
    }

    /// <summary>Each value of an enum with its symbol; of several names of one value the first.</summary>
    public static EnumSymbol[] Symbols(Type type)
    {
        var symbols = new List<EnumSymbol>();
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.Static);
        Array.Sort(fields, static (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
        foreach (var field in fields)
        {
            var value = field.GetValue(null)!;
            if (Has(symbols, value)) continue;

            symbols.Add(new EnumSymbol(value, Named(field) ?? field.Name));
        }

        return [.. symbols];
    }

    private static string? Named(FieldInfo field) => field.GetCustomAttributesData().Count == 0 ? null : Annotated(field);

    /// <summary>By itself: the assembly of the attribute is loaded only for who uses attributes there.</summary>
    private static string? Annotated(FieldInfo field) => field.GetCustomAttribute<EnumMemberAttribute>()?.Value;

    private static bool Has(List<EnumSymbol> symbols, object value)
    {
        foreach (var symbol in symbols)
        {
            if (symbol.Value.Equals(value)) return true;
        }

        return false;
    }

    private static string Simple(Type type) => type.IsGenericType ? SimpleGeneric(type) : type.Name;

    private static string SimpleGeneric(Type type)
    {
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        var name = tick < 0 ? type.Name : type.Name[..tick];
        return $"{name}Of{string.Concat(type.GetGenericArguments().Select(Simple))}";
    }
}
