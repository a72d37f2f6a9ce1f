using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>Which types a value of a type may have.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
internal static class UnionCases
{
    /// <returns>Null where there is only the type itself.</returns>
    /// <exception cref="AvroTypeException">The attribute names a type that the value can't have.</exception>
    public static IReadOnlyList<Type>? Of(Type type, IReadOnlyList<Type>? onMember)
    {
        var cases = onMember ?? OnType(type);
        return cases is null ? null : Check(type, cases);
    }

    private static IReadOnlyList<Type> Check(Type type, IReadOnlyList<Type> cases)
    {
        if (cases.Count == 0) throw new AvroTypeException($"[AvroUnion] of {TypeContract.Name(type)} names no types.");

        return cases.FirstOrDefault(candidate => !type.IsAssignableFrom(candidate)) is { } stranger
            ? throw new AvroTypeException($"[AvroUnion] names {TypeContract.Name(stranger)}, which is no {TypeContract.Name(type)}.")
            : cases;
    }

    private static IReadOnlyList<Type>? OnType(Type type)
    {
        if (type.IsValueType) return null;
        if (type.IsDefined(typeof(AvroUnionAttribute), inherit: false)) return type.GetCustomAttribute<AvroUnionAttribute>()!.Types;

        return type.IsClass && type.IsAbstract ? Closed(type) : null;
    }

    /// <summary>An abstract class that nobody outside can derive from: its constructors are private, but for the one with which a record copies itself.</summary>
    private static List<Type>? Closed(Type type)
    {
        var isClosed = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .All(constructor => constructor.IsPrivate || constructor.GetParameters() is [var only] && only.ParameterType == type);
        if (!isClosed) return null;

        var cases = type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
            .Where(nested => !nested.IsAbstract && nested.IsSubclassOf(type))
            .OrderBy(static nested => nested.MetadataToken)
            .ToList();
        return cases.Count == 0 ? null : cases;
    }
}
