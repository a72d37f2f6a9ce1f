using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Reads an event's type: what it is made of, and its schema. The rules are those by which the package does the same with reflection.</summary>
internal sealed partial class TypeReader(Compilation compilation, INamedTypeSymbol context, Findings findings, Location? root, CancellationToken stopping)
{
    private const string Package = "EventDriven.SchemaRegistry.Avro.";

    private readonly Dictionary<ITypeSymbol, Value> _named = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, ITypeSymbol> _names = new(StringComparer.Ordinal);
    private readonly HashSet<ITypeSymbol> _open = new(SymbolEqualityComparer.Default);
    private Schema? _duration;
    private string? _namespace;

    /// <returns>Null where something keeps it from being generated; the findings say what.</returns>
    public Value? Read(ITypeSymbol type) => Build(type, isNullable: false, null);

    private Value? Build(ITypeSymbol type, bool isNullable, MemberSource? member)
    {
        stopping.ThrowIfCancellationRequested();
        var value = UnderlyingOf(type) ?? type;
        isNullable = type.IsValueType ? !SymbolEqualityComparer.Default.Equals(value, type) : isNullable;

        // On a member that is a collection, the attribute speaks of the items.
        var onMember = value.SpecialType is SpecialType.System_Object || !IsCollection(value) ? member?.Union : null;
        var cases = Cases(value, onMember, member);
        if (cases is { Count: 0 }) return null;

        var values = new List<(int Index, Value Value)>();
        var branches = new List<Schema>();
        if (isNullable) branches.Add(new Schema("null"));
        foreach (var one in cases ?? [value])
        {
            if (BuildValue(one, cases is null ? type : one, member) is not { } built) return null;

            values.Add((branches.Count, built));
            branches.Add(built.Schema);
        }

        if (branches.Count == 1 && cases is null) return values[0].Value;

        var names = branches.Select(static branch => branch.FullName ?? branch.Kind).Distinct(StringComparer.Ordinal).Count();
        if (names != branches.Count)
        {
            return Fail(Rules.Attribute, $"The union of {type.ToDisplayString()} would have two branches that Avro can't tell apart: {string.Join(", ", branches.Select(static branch => branch.Display))}.", member);
        }

        var schema = branches.Count == 1 ? branches[0] : new Schema("union") { Parts = branches };
        return new Value.Union(type, schema, isNullable ? 0 : -1, Sorted(values), cases is null ? UnionOrigin.Null : onMember is null ? UnionOrigin.Type : UnionOrigin.Member);
    }

    /// <summary>A base class among the types would take what is of a derived one.</summary>
    private List<(int Index, Value Value)> Sorted(List<(int Index, Value Value)> cases)
    {
        cases.Sort((left, right) => IsAssignable(left.Value.Type, right.Value.Type) ? -1 : IsAssignable(right.Value.Type, left.Value.Type) ? 1 : left.Index - right.Index);
        return cases;
    }

    /// <param name="type">The type.</param>
    /// <param name="annotated">The same with what the code says of null in it.</param>
    /// <param name="member">Where it stands.</param>
    private Value? BuildValue(ITypeSymbol type, ITypeSymbol annotated, MemberSource? member)
    {
        if (Scalars.NameOf(type) is { } scalar) return BuildScalar(type, scalar, member);
        if (_named.TryGetValue(type, out var known))
        {
            if (known is Value.Record record && _open.Contains(type)) record.IsRecursive = true;
            return known;
        }

        if (!IsReachable(type)) return Fail(Rules.Unreachable, $"{type.ToDisplayString()} can't be reached from {context.ToDisplayString()}: make it internal or public.", member);
        if (type.TypeKind is TypeKind.Enum) return BuildEnum((INamedTypeSymbol)type, member);
        if (IsCollection(type)) return BuildCollection(type, annotated, member);

        if (type is not INamedTypeSymbol { IsUnboundGenericType: false } named || type.SpecialType is not SpecialType.None || type.TypeKind is not (TypeKind.Class or TypeKind.Struct or TypeKind.Interface))
        {
            return Fail(Rules.NoForm, $"{type.ToDisplayString()} has no form in Avro{(type.SpecialType is SpecialType.System_Object ? ": name the types it stands for by [AvroUnion(typeof(…))] on the member" : "")}.", member);
        }

        return BuildRecord(named, member);
    }

    private Value? BuildScalar(ITypeSymbol type, string name, MemberSource? member)
    {
        if (name == "Decimal")
        {
            var digits = member?.Attribute("AvroDecimalAttribute")?.ConstructorArguments;
            var (precision, scale) = digits is { Length: 2 } given && given[0].Value is int p && given[1].Value is int s ? (p, s) : (29, 14);
            return precision > 0 && scale >= 0 && scale <= precision
                ? new Value.Scalar(type, new Schema("bytes") { Logical = "decimal", Precision = precision, Scale = scale }, name)
                : Fail(Rules.Attribute, $"[AvroDecimal({precision}, {scale})] is none: the precision is 1 or more, the scale from 0 to the precision.", member);
        }

        if (member?.Attribute("AvroLogicalTypeAttribute") is not { } attribute || attribute.ConstructorArguments is not [{ Value: string chosen }])
        {
            return new Value.Scalar(type, Scalars.Default(name) is ("fixed", _) ? Duration(member) : Make(Scalars.Default(name)), name);
        }

        if (Scalars.KindOf(chosen) is not { } kind) return Fail(Rules.Attribute, $"[AvroLogicalType(\"{chosen}\")] names no logical type that is known here.", member);
        if (!Scalars.Fits(name, kind, chosen)) return Fail(Rules.Attribute, $"[AvroLogicalType(\"{chosen}\")] does not fit {type.ToDisplayString()}.", member);

        return new Value.Scalar(type, kind == "fixed" ? Duration(member) : Make((kind, chosen)), name);
    }

    private static Schema Make((string Kind, string? Logical) scalar) => new(scalar.Kind) { Logical = scalar.Logical };

    private Schema Duration(MemberSource? member)
    {
        if (_duration is not null) return _duration;

        var fullName = Names.Qualify("Duration", _namespace);
        if (_names.TryGetValue(fullName, out var other)) Fail(Rules.Name, $"{other.ToDisplayString()} is called '{fullName}', as the duration of 12 bytes is. Name it by [AvroType(Name = …)].", member);
        else _names.Add(fullName, compilation.GetSpecialType(SpecialType.System_Object));
        return _duration = new Schema("fixed") { FullName = fullName, Size = 12, Logical = "duration" };
    }

    private Value? BuildEnum(INamedTypeSymbol type, MemberSource? member)
    {
        if (Claim(type, member) is not { } schema) return null;

        var values = new List<(decimal Number, string Symbol)>();
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue))
        {
            var number = Convert.ToDecimal(field.ConstantValue, CultureInfo.InvariantCulture);
            if (values.Exists(value => value.Number == number)) continue;

            values.Add((number, SymbolOf(field)));
        }

        if (values.Count == 0) return Fail(Rules.NoForm, $"{type.ToDisplayString()} has no values.", member);
        if (values.FirstOrDefault(static value => !Names.IsName(value.Symbol)).Symbol is { } invalid) return Fail(Rules.Name, $"{type.ToDisplayString()} has the symbol '{invalid}', which is no name in Avro.", member, type);
        if (schema.Default is { } @default && !values.Exists(value => value.Symbol == @default)) return Fail(Rules.Attribute, $"[AvroType(Default = \"{@default}\")] of {type.ToDisplayString()} is none of its symbols.", member, type);

        schema.Symbols = [.. values.Select(static value => value.Symbol)];
        var result = new Value.Enum(type, schema, values);
        _named.Add(type, result);
        return result;
    }

    private static string SymbolOf(IFieldSymbol field)
    {
        var attribute = field.GetAttributes().FirstOrDefault(static attribute => attribute.AttributeClass?.ToDisplayString() == "System.Runtime.Serialization.EnumMemberAttribute");
        return Argument(attribute, "Value") ?? field.Name;
    }

    /// <summary>The name of a record or enum, and what its attribute says.</summary>
    private Schema? Claim(INamedTypeSymbol type, MemberSource? member)
    {
        var attribute = AttributeOf(type, "AvroTypeAttribute");
        var fullName = Names.Qualify(Argument(attribute, "Name") ?? Names.Simple(type), Argument(attribute, "Namespace") ?? Names.NamespaceOf(type));
        if (!Names.IsFullName(fullName))
        {
            Fail(Rules.Name, $"{type.ToDisplayString()} would be called '{fullName}', which is no name in Avro: letters A to Z, digits and _ only. Name it by [AvroType(Name = …, Namespace = …)].", member, type);
            return null;
        }

        _namespace ??= fullName.LastIndexOf('.') is var dot and > 0 ? fullName.Substring(0, dot) : "";
        if (_names.TryGetValue(fullName, out var other))
        {
            Fail(Rules.Name, $"{other.ToDisplayString()} and {type.ToDisplayString()} would both be called '{fullName}'. Name one of them by [AvroType(Name = …)].", member, type);
            return null;
        }

        _names.Add(fullName, type);
        var schema = new Schema(type.TypeKind is TypeKind.Enum ? "enum" : "record") { FullName = fullName, Doc = Argument(attribute, "Doc"), Default = type.TypeKind is TypeKind.Enum ? Argument(attribute, "Default") : null };
        schema.Aliases = [.. MemberSource.Texts(attribute, "Aliases").Select(alias => Names.Qualify(alias, schema.Namespace))];
        return schema;
    }

    /// <returns>Null where there is only the type itself; none where an attribute is wrong.</returns>
    private IReadOnlyList<ITypeSymbol>? Cases(ITypeSymbol type, IReadOnlyList<ITypeSymbol>? onMember, MemberSource? member)
    {
        var cases = onMember ?? MemberSource.Types(AttributeOf(type, "AvroUnionAttribute")) ?? Closed(type);
        if (cases is null) return null;
        if (cases.Count == 0) Fail(Rules.Attribute, $"[AvroUnion] of {type.ToDisplayString()} names no types.", member);
        if (cases.FirstOrDefault(one => !IsAssignable(one, type)) is not { } stranger) return cases;

        Fail(Rules.Attribute, $"[AvroUnion] names {stranger.ToDisplayString()}, which is no {type.ToDisplayString()}.", member);
        return [];
    }

    /// <summary>An abstract class that nobody outside can derive from: its constructors are private, but for the one with which a record copies itself.</summary>
    private static ITypeSymbol[]? Closed(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: true } named) return null;
        if (!named.InstanceConstructors.All(constructor => constructor.DeclaredAccessibility is Accessibility.Private
            || (constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, type)))) return null;

        ITypeSymbol[] cases = [.. named.GetTypeMembers().Where(nested => !nested.IsAbstract && nested.TypeKind is TypeKind.Class && Bases(nested).Contains(type, SymbolEqualityComparer.Default))];
        return cases.Length == 0 ? null : cases;
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType) yield return current;
    }

    private bool IsAssignable(ITypeSymbol from, ITypeSymbol to) => compilation.ClassifyCommonConversion(from, to) is { Exists: true, IsImplicit: true } conversion
        && (conversion.IsIdentity || conversion.IsReference || to.SpecialType is SpecialType.System_Object || to.TypeKind is TypeKind.Interface);

    private bool IsReachable(ISymbol symbol) => compilation.IsSymbolAccessibleWithin(symbol, context);

    private static ITypeSymbol? UnderlyingOf(ITypeSymbol type) => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var only] } ? only : null;

    private static AttributeData? AttributeOf(ISymbol symbol, string name) => symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == Package + name);

    private static string? Argument(AttributeData? attribute, string name) => attribute?.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value as string;

    private Value? Fail(DiagnosticDescriptor rule, string message, MemberSource? member, ISymbol? own = null)
    {
        var location = own?.Locations.FirstOrDefault(static location => location.IsInSource) ?? member?.Location ?? root;
        findings.Add(rule, message, location);
        return null;
    }
}
