using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>What kind of collection a type is.</summary>
/// <param name="IsMap">Whether it is a dictionary.</param>
/// <param name="Item">The type of its items or values.</param>
/// <param name="Build">What is filled while it is read; an array and an immutable array are made from a list.</param>
internal sealed record CollectionShape(bool IsMap, Type Item, Type Build)
{
    private static readonly Type[] ListInterfaces = [typeof(IList<>), typeof(ICollection<>), typeof(IEnumerable<>), typeof(IReadOnlyList<>), typeof(IReadOnlyCollection<>)];
    private static readonly Type[] SetInterfaces = [typeof(ISet<>), typeof(IReadOnlySet<>)];
    private static readonly Type[] MapInterfaces = [typeof(IDictionary<,>), typeof(IReadOnlyDictionary<,>)];

    /// <returns>Null where the type is no collection; <c>byte[]</c> and text are none.</returns>
    /// <exception cref="AvroTypeException">It is one that has no Avro form.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static CollectionShape? Of(Type type)
    {
        if (type == typeof(string) || type == typeof(byte[])) return null;
        if (type.IsSZArray) return new CollectionShape(false, type.GetElementType()!, typeof(List<>).MakeGenericType(type.GetElementType()!));
        if (type.IsArray) throw new AvroTypeException($"{TypeContract.Name(type)} has more than one dimension: Avro has arrays of arrays.");

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (definition is not null && type.GetGenericArguments() is [var only])
        {
            if (definition == typeof(List<>) || definition == typeof(ImmutableArray<>) || ListInterfaces.Contains(definition)) return new CollectionShape(false, only, typeof(List<>).MakeGenericType(only));
            if (definition == typeof(HashSet<>) || SetInterfaces.Contains(definition)) return new CollectionShape(false, only, typeof(HashSet<>).MakeGenericType(only));
        }

        if (definition is not null && MapInterfaces.Contains(definition)) return Map(type, type, null);
        if (Implemented(type, typeof(IDictionary<,>)) is { } map) return Map(type, map, type);
        if (Implemented(type, typeof(ICollection<>)) is { } collection) return new CollectionShape(false, collection.GetGenericArguments()[0], Makeable(type));

        return type != typeof(object) && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && Implemented(type, typeof(IEnumerable<>)) is not null
            ? throw new AvroTypeException($"{TypeContract.Name(type)} can't be filled: use an array, List<T>, HashSet<T>, ImmutableArray<T>, Dictionary<string, T> or one of their interfaces.")
            : null;
    }

    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    private static CollectionShape Map(Type type, Type implemented, Type? build)
    {
        if (implemented.GetGenericArguments() is not [var key, var value] || key != typeof(string))
        {
            throw new AvroTypeException($"{TypeContract.Name(type)} has keys that are no strings: a map of Avro has no others. Use a list of records.");
        }

        return new CollectionShape(true, value, build is null ? typeof(Dictionary<,>).MakeGenericType(key, value) : Makeable(build));
    }

    [RequiresUnreferencedCode(Reflective.Members)]
    private static Type? Implemented(Type type, Type definition) =>
        Array.Find(type.GetInterfaces(), candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == definition);

    [RequiresUnreferencedCode(Reflective.Members)]
    private static Type Makeable(Type type) => !type.IsAbstract && (type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not null)
        ? type
        : throw new AvroTypeException($"{TypeContract.Name(type)} has no public constructor without parameters to fill it.");
}
