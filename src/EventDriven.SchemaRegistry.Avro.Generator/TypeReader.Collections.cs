using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <content>Collections.</content>
internal sealed partial class TypeReader
{
    private const string Generic = "System.Collections.Generic.";

    private static readonly HashSet<string> Lists = [Generic + "IList<T>", Generic + "ICollection<T>", Generic + "IEnumerable<T>", Generic + "IReadOnlyList<T>", Generic + "IReadOnlyCollection<T>"];
    private static readonly HashSet<string> Sets = [Generic + "ISet<T>", Generic + "IReadOnlySet<T>"];
    private static readonly HashSet<string> Maps = [Generic + "IDictionary<TKey, TValue>", Generic + "IReadOnlyDictionary<TKey, TValue>"];

    /// <summary>Whether it is one here, even where it is one without a form in Avro.</summary>
    private static bool IsCollection(ITypeSymbol type) => Scalars.NameOf(type) is null && type.SpecialType is not SpecialType.System_Object
        && (type is IArrayTypeSymbol || Definition(type) == "System.Collections.Immutable.ImmutableArray<T>" || Implemented(type, Generic + "IEnumerable<T>") is not null);

    private Value? BuildCollection(ITypeSymbol type, ITypeSymbol annotated, MemberSource? member)
    {
        if (type is IArrayTypeSymbol { Rank: > 1 }) return Fail(Rules.NoForm, $"{type.ToDisplayString()} has more than one dimension: Avro has arrays of arrays.", member);
        if (Shape(type, member) is not { } shape) return null;

        // As reflection tells of null: by the last argument of the type itself.
        var item = annotated is IArrayTypeSymbol array ? array.ElementType
            : annotated is INamedTypeSymbol { TypeArguments: [.., var last] } && SymbolEqualityComparer.Default.Equals(last, shape.Item) ? last
            : shape.Item.WithNullableAnnotation(NullableAnnotation.None);
        if (Build(item, item.NullableAnnotation is NullableAnnotation.Annotated, member) is not { } value) return null;

        var isMap = shape.Kind is CollectionKind.Map or CollectionKind.ReadOnlyMap;
        return new Value.Collection(type, new Schema(isMap ? "map" : "array") { Parts = [value.Schema] }, shape.Kind, shape.Build, value);
    }

    private (CollectionKind Kind, ITypeSymbol Item, string Build)? Shape(ITypeSymbol type, MemberSource? member)
    {
        if (type is IArrayTypeSymbol array) return (CollectionKind.Array, array.ElementType, "");

        var definition = Definition(type);
        var first = ((INamedTypeSymbol)type).TypeArguments.FirstOrDefault();
        if (definition == "System.Collections.Immutable.ImmutableArray<T>") return (CollectionKind.ImmutableArray, first!, "");
        if (definition == Generic + "List<T>") return (CollectionKind.List, first!, Names.CSharp(type));
        if (definition == Generic + "HashSet<T>") return (CollectionKind.Counted, first!, Names.CSharp(type));

        if (Lists.Contains(definition)) return (KindOf(type), first!, $"global::{Generic}List<{Names.CSharp(first!)}>");
        if (Sets.Contains(definition)) return (KindOf(type), first!, $"global::{Generic}HashSet<{Names.CSharp(first!)}>");
        if (Maps.Contains(definition)) return Map((INamedTypeSymbol)type, null, member);
        if (Implemented(type, Generic + "IDictionary<TKey, TValue>") is { } map) return Map(map, type, member);
        if (Implemented(type, Generic + "ICollection<T>") is { } collection) return IsMakeable(type, member) ? (KindOf(type), collection.TypeArguments[0], Names.CSharp(type)) : null;

        Fail(Rules.NoForm, $"{type.ToDisplayString()} can't be filled: use an array, List<T>, HashSet<T>, ImmutableArray<T>, Dictionary<string, T> or one of their interfaces.", member);
        return null;
    }

    private (CollectionKind Kind, ITypeSymbol Item, string Build)? Map(INamedTypeSymbol map, ITypeSymbol? own, MemberSource? member)
    {
        if (map.TypeArguments[0].SpecialType is not SpecialType.System_String)
        {
            Fail(Rules.NoForm, $"{(own ?? map).ToDisplayString()} has keys that are no strings: a map of Avro has no others. Use a list of records.", member);
            return null;
        }

        if (own is not null && !IsMakeable(own, member)) return null;

        var kind = Definition(map) == Generic + "IReadOnlyDictionary<TKey, TValue>" ? CollectionKind.ReadOnlyMap : CollectionKind.Map;
        return (kind, map.TypeArguments[1], own is null ? $"global::{Generic}Dictionary<string, {Names.CSharp(map.TypeArguments[1])}>" : Names.CSharp(own));
    }

    private bool IsMakeable(ITypeSymbol type, MemberSource? member)
    {
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: false } named && named.InstanceConstructors.Any(static constructor => constructor.Parameters.Length == 0 && constructor.DeclaredAccessibility is Accessibility.Public)) return true;

        Fail(Rules.NoForm, $"{type.ToDisplayString()} is no class with a public constructor without parameters to fill it.", member);
        return false;
    }

    private static CollectionKind KindOf(ITypeSymbol type) =>
        Implemented(type, Generic + "IList<T>") is not null ? CollectionKind.ByIndex
        : Implemented(type, Generic + "IReadOnlyList<T>") is not null ? CollectionKind.ByReadOnlyIndex
        : Implemented(type, Generic + "ICollection<T>") is not null ? CollectionKind.Counted
        : Implemented(type, Generic + "IReadOnlyCollection<T>") is not null ? CollectionKind.ReadOnlyCounted
        : CollectionKind.Enumerable;

    /// <summary>The interface, which may be the type itself.</summary>
    private static INamedTypeSymbol? Implemented(ITypeSymbol type, string definition) =>
        Definition(type) == definition ? (INamedTypeSymbol)type : type.AllInterfaces.FirstOrDefault(candidate => Definition(candidate) == definition);

    private static string Definition(ITypeSymbol type) => type is INamedTypeSymbol { IsGenericType: true } ? type.OriginalDefinition.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Plain) : "";

    private static readonly SymbolDisplayFormat Plain = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces, genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters);
}
