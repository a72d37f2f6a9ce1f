using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <content>Records: their members, and how they are made.</content>
internal sealed partial class TypeReader
{
    private Value? BuildRecord(INamedTypeSymbol type, MemberSource? member)
    {
        if (Claim(type, member) is not { } schema) return null;

        var members = MembersOf(type);
        if (Constructor(type, members, out var constructor) is { } reason) return Fail(Rules.NoForm, reason, member, type);

        var record = new Value.Record(type, schema);
        _named.Add(type, record);
        _open.Add(type);
        var parameters = constructor is null ? ImmutableArray<IParameterSymbol>.Empty : constructor.Parameters;
        var built = new List<(Value.Member Member, ISymbol Symbol, IParameterSymbol? Parameter)>();
        var fields = new List<Schema.Field>();
        var isWhole = true;
        foreach (var symbol in members)
        {
            var parameter = parameters.FirstOrDefault(candidate => SymbolEqualityComparer.Default.Equals(Find(members, candidate), symbol));
            // What only computes is no field: nothing could be done with what was read for it.
            if (parameter is null && !CanAssign(symbol)) continue;

            var source = new MemberSource(symbol, parameter, root);
            if (BuildField(type, source, fields) is { } value)
            {
                fields.Add(value.Field);
                built.Add((new Value.Member(symbol.Name, value.Field.Name, value.Value, source.Union), symbol, parameter));
            }
            else
            {
                isWhole = false;
            }
        }

        _open.Remove(type);
        schema.Fields = fields;
        if (!isWhole) return null;

        var setsRequired = constructor is not null && constructor.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "SetsRequiredMembersAttribute");
        record.Members = [.. built.Select(static entry => entry.Member)];
        record.Parameters = [.. parameters.Select(parameter => built.First(entry => SymbolEqualityComparer.Default.Equals(entry.Parameter, parameter)).Member)];
        record.Assigned = [.. built.Where(entry => entry.Parameter is null || (!setsRequired && IsRequired(entry.Symbol) && CanAssign(entry.Symbol))).Select(static entry => entry.Member)];
        var missing = setsRequired ? null : AllOf(type).FirstOrDefault(symbol => IsRequired(symbol) && !built.Exists(entry => entry.Symbol.Name == symbol.Name));
        return missing is null ? record : Fail(Rules.NoForm, $"{missing.ToDisplayString()} is required, and no field of the record: nothing could be set for it.", member, missing);
    }

    private (Schema.Field Field, Value Value)? BuildField(INamedTypeSymbol owner, MemberSource member, List<Schema.Field> others)
    {
        if (Build(member.Type, member.IsNullable, member) is not { } value) return null;

        var name = member.FieldName;
        if (!Names.IsName(name)) return FailField(Rules.Name, $"The field '{name}' of {owner.ToDisplayString()} has no valid name in Avro. Name it by [AvroField(\"…\")].", member);
        if (others.Exists(other => other.Name == name)) return FailField(Rules.Name, $"{owner.ToDisplayString()} has two fields '{name}'. Name one of them by [AvroField(\"…\")].", member);

        Json? @default = null;
        if (member.Default is { } text)
        {
            @default = Json.TryParse(text);
            if (@default is null) return FailField(Rules.Attribute, $"The default of {member.Symbol.ToDisplayString()} is no JSON: {text}", member);
        }
        else if (ParameterDefault(member.Parameter) is { } json && json.Fits(value.Schema))
        {
            @default = json;
        }
        else if (value.Schema.Kind == "union" && value.Schema.Parts[0].Kind == "null")
        {
            @default = Json.Literal("null");
        }

        if (@default is not null)
        {
            if (!@default.Fits(value.Schema)) return FailField(Rules.Attribute, $"The default {@default} of {member.Symbol.ToDisplayString()} is no value of {value.Schema.Display}.", member);
            value = DefaultFirst(value, @default);
        }

        return (new Schema.Field(name, value.Schema, member.Aliases, member.Doc, @default), value);
    }

    /// <summary>Readers before Avro 1.12 take a default for the first branch only.</summary>
    private Value DefaultFirst(Value value, Json @default)
    {
        var parts = value.Schema.Parts;
        if (value is not Value.Union union || value.Schema.Kind != "union" || parts.First(@default.Fits) is not { } first || first == parts[0]) return value;

        Schema[] moved = [first, .. parts.Where(branch => branch != first)];
        var nullIndex = Array.FindIndex(moved, static branch => branch.Kind == "null");
        return new Value.Union(value.Type, new Schema("union") { Parts = moved }, nullIndex, Sorted([.. union.Cases.Select(one => (Array.IndexOf(moved, parts[one.Index]), one.Value))]), union.Origin);
    }

    private static Json? ParameterDefault(IParameterSymbol? parameter)
    {
        if (parameter is not { HasExplicitDefaultValue: true }) return null;

        var type = UnderlyingOf(parameter.Type) ?? parameter.Type;
        switch (parameter.ExplicitDefaultValue)
        {
            case null:
                return !parameter.Type.IsValueType || UnderlyingOf(parameter.Type) is not null ? Json.Literal("null") : null;
            case bool value:
                return Json.Literal(value ? "true" : "false");
            case string value:
                return Json.String(value);
            case var value when type.TypeKind is TypeKind.Enum:
                var field = type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && Equals(field.ConstantValue, value));
                return field is null ? null : Json.String(SymbolOf(field));
            case float value:
                return float.IsNaN(value) || float.IsInfinity(value) ? null : Json.Literal(value.ToString("R", CultureInfo.InvariantCulture));
            case double value:
                return double.IsNaN(value) || double.IsInfinity(value) ? null : Json.Literal(value.ToString("R", CultureInfo.InvariantCulture));
            case (byte or sbyte or short or ushort or int or uint or long or ulong) and IFormattable value:
                return Json.Literal(value.ToString(null, CultureInfo.InvariantCulture));
            default:
                return null;
        }
    }

    /// <summary>A constructor without parameters, else the one with the most of which each is named after a member; null for a struct that is made without one.</summary>
    /// <returns>Why there is none.</returns>
    private static string? Constructor(INamedTypeSymbol type, List<ISymbol> members, out IMethodSymbol? constructor)
    {
        IMethodSymbol[] all = type.IsAbstract ? [] : [.. type.InstanceConstructors.Where(candidate => candidate.DeclaredAccessibility is Accessibility.Public && !(type.IsValueType && candidate.IsImplicitlyDeclared && candidate.Parameters.Length == 0))];
        constructor = all.FirstOrDefault(static candidate => candidate.Parameters.Length == 0);
        if (constructor is not null || (type.IsValueType && members.TrueForAll(CanAssign))) return null;

        foreach (var candidate in all.Where(candidate => candidate.Parameters.Length > 0 && candidate.Parameters.All(parameter => Find(members, parameter) is not null)))
        {
            if (constructor is null || candidate.Parameters.Length > constructor.Parameters.Length) constructor = candidate;
        }

        return constructor is not null || type.IsValueType ? null
            : type.IsAbstract ? $"{type.ToDisplayString()} is abstract: name the types it stands for by [AvroUnion(typeof(…))]."
            : $"{type.ToDisplayString()} has no public constructor that is without parameters, or whose parameters are named after its properties.";
    }

    private static ISymbol? Find(List<ISymbol> members, IParameterSymbol parameter) =>
        members.Find(member => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase) && SymbolEqualityComparer.Default.Equals(MemberSource.TypeOf(member), parameter.Type));

    /// <summary>Those of base classes first, each class's in the order of their declaration, properties before fields.</summary>
    private static List<ISymbol> MembersOf(INamedTypeSymbol type)
    {
        var members = new List<ISymbol>();
        for (INamedTypeSymbol? current = type; current is not null && current.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); current = current.BaseType)
        {
            ISymbol[] declared = [.. current.GetMembers().Where(member => IsField(member) && AttributeOf(member, "AvroIgnoreAttribute") is null && !members.Exists(derived => derived.Name == member.Name)).OrderBy(static member => member is IFieldSymbol)];
            members.InsertRange(0, declared);
        }

        return members;
    }

    private static IEnumerable<ISymbol> AllOf(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            foreach (var member in current.GetMembers()) yield return member;
        }
    }

    private static bool IsField(ISymbol member) => member switch
    {
        IPropertySymbol property => !property.IsStatic && property.GetMethod is { DeclaredAccessibility: Accessibility.Public } && property.Parameters.Length == 0 && !property.ReturnsByRef && !property.ReturnsByRefReadonly,
        IFieldSymbol field => field is { IsStatic: false, DeclaredAccessibility: Accessibility.Public } && (field.CorrespondingTupleField is null || SymbolEqualityComparer.Default.Equals(field.CorrespondingTupleField, field)),
        _ => false,
    };

    private static bool CanAssign(ISymbol member) => member is IPropertySymbol property ? property.SetMethod is { DeclaredAccessibility: Accessibility.Public } : !((IFieldSymbol)member).IsReadOnly;

    private static bool IsRequired(ISymbol member) => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };

    private (Schema.Field Field, Value Value)? FailField(DiagnosticDescriptor rule, string message, MemberSource member)
    {
        Fail(rule, message, member);
        return null;
    }
}
