using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>What kind of collection a type is.</summary>
/// <param name="isMap">Whether it is a dictionary.</param>
/// <param name="item">The type of its items or values.</param>
/// <param name="build">What is filled while it is read; an array and an immutable array are made from a list.</param>
internal sealed class CollectionShape(bool isMap, Type item, Type build)
{
    public bool IsMap => isMap;

    public Type Item => item;

    public Type Build => build;

    /// <returns>Null where the type is no collection; <c>byte[]</c> and text are none.</returns>
    /// <exception cref="AvroTypeException">It is one that has no Avro form.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static CollectionShape? Of(Type type)
    {
        // Most types are told apart here; what follows is by itself, so that nothing is loaded for it.
        if (type == typeof(string) || type == typeof(byte[]) || !typeof(IEnumerable).IsAssignableFrom(type)) return null;
        if (type.IsSZArray) return List(type.GetElementType()!);
        if (type.IsArray) throw new AvroTypeException($"{TypeContract.Name(type)} has more than one dimension: Avro has arrays of arrays.");
        if (!type.IsGenericType) return OfOther(type);

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) ? List(type.GetGenericArguments()[0]) : OfGeneric(type, definition) ?? OfOther(type);
    }

    /// <summary>Whether a struct is the immutable form of an array.</summary>
    public static bool IsImmutableArray(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);

    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    private static CollectionShape? OfGeneric(Type type, Type definition)
    {
        var arguments = type.GetGenericArguments();
        if (definition == typeof(IList<>) || definition == typeof(ICollection<>) || definition == typeof(IEnumerable<>)
            || definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || (type.IsValueType && IsImmutableArray(type)))
        {
            return List(arguments[0]);
        }

        return definition == typeof(HashSet<>) || definition == typeof(ISet<>) || definition == typeof(IReadOnlySet<>) ? new CollectionShape(false, arguments[0], typeof(HashSet<>).MakeGenericType(arguments[0]))
            : definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>) ? Map(type, type, null)
            : null;
    }

    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    private static CollectionShape? OfOther(Type type)
    {
        if (Implemented(type, typeof(IDictionary<,>)) is { } map) return Map(type, map, type);
        if (Implemented(type, typeof(ICollection<>)) is { } collection) return new CollectionShape(false, collection.GetGenericArguments()[0], Makeable(type));

        return Implemented(type, typeof(IEnumerable<>)) is not null
            ? throw new AvroTypeException($"{TypeContract.Name(type)} can't be filled: use an array, List<T>, HashSet<T>, ImmutableArray<T>, Dictionary<string, T> or one of their interfaces.")
            : null;
    }

    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    private static CollectionShape List(Type item) => new(false, item, typeof(List<>).MakeGenericType(item));

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
