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
    public static string FullName(Type type)
    {
        var attribute = type.GetCustomAttribute<AvroTypeAttribute>();
        var fullName = AvroNames.Qualify(attribute?.Name ?? Simple(type), attribute?.Namespace ?? type.Namespace);
        return AvroNames.IsFullName(fullName)
            ? fullName
            : throw new AvroTypeException($"{type} would be called '{fullName}', which is no name in Avro: letters A to Z, digits and _ only. Name it by [AvroType(Name = …, Namespace = …)].");
    }

    public static string[] Aliases(Type type, string fullName)
    {
        var dot = fullName.LastIndexOf('.');
        return [.. (type.GetCustomAttribute<AvroTypeAttribute>()?.Aliases ?? []).Select(alias => AvroNames.Qualify(alias, dot < 0 ? null : fullName[..dot]))];
    }

    /// <summary>Each value of an enum with its symbol; of several names of one value the first.</summary>
    public static IReadOnlyList<EnumSymbol> Symbols(Type type)
    {
        var symbols = new List<EnumSymbol>();
        var fields = type.GetFields(BindingFlags.Public | BindingFlags.Static);
        Array.Sort(fields, static (left, right) => left.MetadataToken.CompareTo(right.MetadataToken));
        foreach (var field in fields)
        {
            var value = field.GetValue(null)!;
            if (symbols.Exists(symbol => symbol.Value.Equals(value))) continue;

            symbols.Add(new EnumSymbol(value, field.GetCustomAttribute<EnumMemberAttribute>()?.Value ?? field.Name));
        }

        return symbols;
    }

    private static string Simple(Type type)
    {
        if (!type.IsGenericType) return type.Name;

        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        var name = tick < 0 ? type.Name : type.Name[..tick];
        return $"{name}Of{string.Concat(type.GetGenericArguments().Select(Simple))}";
    }
}
