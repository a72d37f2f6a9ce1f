using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>How an object of a type is made, and what it is made of.</summary>
internal sealed class TypeContract
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;

    public TypeContract(Type type, ConstructorInfo? constructor, IReadOnlyList<TypeMember> members)
    {
        Type = type;
        Constructor = constructor;
        Members = members;
    }

    public Type Type { get; }

    /// <summary>Null for a struct that is made without one, and for what generated code makes.</summary>
    public ConstructorInfo? Constructor { get; }

    /// <summary>Those of base classes first, each class's in the order of their declaration.</summary>
    public IReadOnlyList<TypeMember> Members { get; }

    /// <summary>A constructor without parameters, else the one with the most of which each is named after a member.</summary>
    /// <exception cref="AvroTypeException">The type can't be made.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    public static TypeContract Of(Type type)
    {
        var members = MembersOf(type);
        var constructors = type.IsAbstract ? [] : type.GetConstructors(Public);
        var constructor = constructors.FirstOrDefault(static candidate => candidate.GetParameters().Length == 0);
        ConstructorInfo? withParameters = null;
        foreach (var candidate in constructors)
        {
            var among = candidate.GetParameters();
            if (among.Length > (withParameters?.GetParameters().Length ?? 0) && Array.TrueForAll(among, parameter => Find(members, parameter) is not null)) withParameters = candidate;
        }

        // A record struct has a constructor without parameters that nobody wrote, and its members can be set.
        if (constructor is null && !(type.IsValueType && members.TrueForAll(CanAssign)))
        {
            constructor = withParameters ?? (type.IsValueType ? null : throw new AvroTypeException(
                type.IsAbstract
                    ? $"{Name(type)} is abstract: name the types it stands for by [AvroUnion(typeof(…))]."
                    : $"{Name(type)} has no public constructor that is without parameters, or whose parameters are named after its properties."));
        }

        var parameters = constructor?.GetParameters() ?? [];
        var chosen = new List<TypeMember>();
        foreach (var member in members)
        {
            var parameter = Array.Find(parameters, candidate => Find(members, candidate) == member);
            // What only computes is no field: nothing could be done with what was read for it.
            if (parameter is not null || CanAssign(member)) chosen.Add(new ReflectedMember(member, parameter));
        }

        return new TypeContract(type, constructor, chosen);
    }

    public static string Name(Type type) => type.ToString();

    [RequiresUnreferencedCode(Reflective.Members)]
    private static List<MemberInfo> MembersOf(Type type)
    {
        var members = new List<MemberInfo>();
        for (var current = type; current is not null && current != typeof(object) && current != typeof(ValueType); current = current.BaseType)
        {
            var declared = Array.FindAll(
                current.GetMembers(Public | BindingFlags.DeclaredOnly),
                member => IsField(member) && !member.IsDefined(typeof(AvroIgnoreAttribute)) && !members.Exists(derived => derived.Name == member.Name));
            Array.Sort(declared, static (left, right) => left is FieldInfo != right is FieldInfo ? (left is FieldInfo ? 1 : -1) : left.MetadataToken.CompareTo(right.MetadataToken));
            members.InsertRange(0, declared);
        }

        return members;
    }

    private static bool IsField(MemberInfo member) => member switch
    {
        PropertyInfo property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRef,
        FieldInfo => true,
        _ => false,
    };

    private static bool CanAssign(MemberInfo member) => member is PropertyInfo property ? property.SetMethod is { IsPublic: true } : !((FieldInfo)member).IsInitOnly;

    private static MemberInfo? Find(List<MemberInfo> members, ParameterInfo parameter) =>
        members.Find(member => string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
            && (member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType) == parameter.ParameterType);
}
