using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>Which member stands for which field, and which type for which branch, of a schema that was made from the type or given with it.</summary>
internal static class TypeMapping
{
    /// <summary>The member of each field; null where the type has none.</summary>
    /// <exception cref="AvroTypeException">Two members stand for one field.</exception>
    public static TypeMember?[] Members(TypeContract contract, RecordSchema schema)
    {
        var names = schema.FieldNames();
        var members = new TypeMember?[names.Length];
        foreach (var member in contract.Members)
        {
            var index = NameMatch.Find(member.FieldName, names);
            if (index < 0) index = NameMatch.Find(member.Name, names);
            if (index < 0) continue;

            members[index] = members[index] is { } other
                ? throw new AvroTypeException($"{other.Name} and {member.Name} of {TypeContract.Name(contract.Type)} both stand for the field '{names[index]}' of {schema.FullName}. Name them by [AvroField(\"…\")].")
                : member;
        }

        return members;
    }

    /// <exception cref="AvroTypeException">A member that must be set has no field in the schema.</exception>
    public static void EnsureNothingIsMissing(TypeContract contract, RecordSchema schema, TypeMember?[] mapped)
    {
        foreach (var member in contract.Members)
        {
            if (IsIn(mapped, member) || !member.MustBeSet) continue;

            throw new AvroTypeException(
                $"{schema.FullName} has no field for {member.Name} of {TypeContract.Name(contract.Type)}, which must be set. Give the member a default or the field's name by [AvroField(\"…\")], or add the field to the schema.");
        }
    }

    /// <summary>Which of several events that a schema has, as a union of named types, an event's type is.</summary>
    /// <returns>The number of the branch; -1 where the schema is no such union, or the type stands for several itself.</returns>
    /// <exception cref="AvroTypeException">It is none of them, or it can't be told which.</exception>
    public static int Branch(TypeModel types, Type type, AvroSchema schema)
    {
        if (schema is not UnionSchema { ValueCount: > 1 } union || !IsOneEvent(types, type)) return -1;

        var name = types.FullNameOf(type);
        var names = new string[union.Branches.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = union.Branches[i] is NamedSchema named ? named.Name : "";
            if (union.Branches[i].Display == name) return i;
        }

        var index = NameMatch.Find(AvroNames.Unqualify(name).ToString(), names);
        return index >= 0 && Array.LastIndexOf(names, names[index]) == index
            ? index
            : throw new AvroTypeException($"Which of {union.Display} it is can't be told by its name, {name}. Give it the name of one of them, by [AvroType], or name the types that it stands for by [AvroUnion(typeof(…))].");
    }

    /// <summary>What events of a type are called that are written in a schema.</summary>
    /// <returns>Null where they have no name, or several.</returns>
    /// <exception cref="AvroTypeException">The type is none of those that the schema has.</exception>
    public static string? NameOf(TypeModel types, Type type, AvroSchema schema) =>
        ((Branch(types, type, schema) is >= 0 and var index ? ((UnionSchema)schema).Branches[index] : schema) as NamedSchema)?.FullName;

    private static bool IsOneEvent(TypeModel types, Type type) =>
        type != typeof(object) && !ScalarTypes.IsScalar(type) && Nullable.GetUnderlyingType(type) is null && types.CollectionOf(type) is null && types.CasesOf(type, null) is null;

    private static bool IsIn(TypeMember?[] members, TypeMember member)
    {
        foreach (var other in members)
        {
            if (other == member) return true;
        }

        return false;
    }

    /// <summary>Which type a branch of a union has.</summary>
    /// <exception cref="AvroTypeException">There is none, or it can't be told.</exception>
    public static Type Case(TypeModel types, Type type, TypeMember? member, AvroSchema branch, int branches)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        var isCollection = value != typeof(object) && types.CollectionOf(value) is not null;
        if (types.CasesOf(value, isCollection ? null : member?.Union) is { } cases)
        {
            return Case(types, cases, branch) ?? throw new AvroTypeException($"None of the types of [AvroUnion] that {TypeContract.Name(type)} stands for fits {branch.Display}.");
        }

        return branches == 1 ? value : throw new AvroTypeException($"The schema has several types where {TypeContract.Name(type)} has one. Name the types by [AvroUnion(typeof(…))] on the type or member.");
    }

    /// <summary>An int fits a long too: the type whose own schema the branch is comes first.</summary>
    private static Type? Case(TypeModel types, IReadOnlyList<Type> cases, AvroSchema branch) =>
        cases.FirstOrDefault(candidate => ScalarTypes.TryGetDefault(candidate, out var kind, out var logical) && kind == branch.Kind && logical == branch.Logical.Kind)
        ?? cases.FirstOrDefault(candidate => Fits(types, candidate, branch));

    private static bool Fits(TypeModel types, Type type, AvroSchema schema) => schema switch
    {
        RecordSchema record => !ScalarTypes.IsScalar(type) && !type.IsEnum && types.CollectionOf(type) is null && IsNamed(types, type, record),
        EnumSchema @enum => type.IsEnum && IsNamed(types, type, @enum),
        ArraySchema => types.CollectionOf(type) is { IsMap: false },
        MapSchema => types.CollectionOf(type) is { IsMap: true },
        _ => ScalarTypes.Fits(type, schema.Kind, schema.Logical.Kind),
    };

    private static bool IsNamed(TypeModel types, Type type, NamedSchema schema) => types.FullNameOf(type) is var name && (name == schema.FullName || AvroNames.Unqualify(name).SequenceEqual(schema.Name));
}
