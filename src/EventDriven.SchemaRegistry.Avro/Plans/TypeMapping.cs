using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>Which member stands for which field, and which type for which branch, of a schema that was made from the type or given with it.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal static class TypeMapping
{
    /// <summary>The member of each field; null where the type has none.</summary>
    /// <exception cref="AvroTypeException">Two members stand for one field.</exception>
    public static TypeMember?[] Members(TypeContract contract, RecordSchema schema)
    {
        string[] names = [.. schema.Fields.Select(static field => field.Name)];
        var members = new TypeMember?[names.Length];
        foreach (var member in contract.Members)
        {
            var index = TypeNames.Match(member.FieldName, names);
            if (index < 0) index = TypeNames.Match(member.Member.Name, names);
            if (index < 0) continue;

            members[index] = members[index] is { } other
                ? throw new AvroTypeException($"{other.Member.Name} and {member.Member.Name} of {TypeContract.Name(contract.Type)} both stand for the field '{names[index]}' of {schema.FullName}. Name them by [AvroField(\"…\")].")
                : member;
        }

        return members;
    }

    /// <exception cref="AvroTypeException">A member that must be set has no field in the schema.</exception>
    public static void EnsureNothingIsMissing(TypeContract contract, RecordSchema schema, IReadOnlyList<TypeMember?> mapped)
    {
        foreach (var member in contract.Members)
        {
            if (mapped.Contains(member)) continue;
            if (member.Parameter is not { } parameter ? !member.IsRequired : parameter.HasDefaultValue || IsNullable(parameter)) continue;

            throw new AvroTypeException(
                $"{schema.FullName} has no field for {member.Member.Name} of {TypeContract.Name(contract.Type)}, which must be set. Give the member a default or the field's name by [AvroField(\"…\")], or add the field to the schema.");
        }
    }

    /// <summary>Which type a branch of a union has.</summary>
    /// <exception cref="AvroTypeException">There is none, or it can't be told.</exception>
    public static Type Case(Type type, TypeMember? member, AvroSchema branch, int branches)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        var isCollection = value != typeof(object) && CollectionShape.Of(value) is not null;
        if (UnionCases.Of(value, isCollection ? null : member?.Attribute<AvroUnionAttribute>()) is { } cases)
        {
            return cases.FirstOrDefault(candidate => Fits(candidate, branch))
                ?? throw new AvroTypeException($"None of the types of [AvroUnion] that {TypeContract.Name(type)} stands for fits {branch.Display}.");
        }

        return branches == 1 ? value : throw new AvroTypeException($"The schema has several types where {TypeContract.Name(type)} has one. Name the types by [AvroUnion(typeof(…))] on the type or member.");
    }

    private static bool Fits(Type type, AvroSchema schema) => schema switch
    {
        RecordSchema record => !ScalarTypes.IsScalar(type) && !type.IsEnum && CollectionShape.Of(type) is null && IsNamed(type, record),
        EnumSchema @enum => type.IsEnum && IsNamed(type, @enum),
        ArraySchema => CollectionShape.Of(type) is { IsMap: false },
        MapSchema => CollectionShape.Of(type) is { IsMap: true },
        _ => ScalarTypes.Fits(type, schema.Kind, schema.Logical.Kind),
    };

    private static bool IsNamed(Type type, NamedSchema schema) => TypeNames.FullName(type) is var name && (name == schema.FullName || AvroNames.Unqualify(name).SequenceEqual(schema.Name));

    private static bool IsNullable(ParameterInfo parameter) => parameter.ParameterType.IsValueType
        ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        : new NullabilityInfoContext().Create(parameter).ReadState is not NullabilityState.NotNull;
}
