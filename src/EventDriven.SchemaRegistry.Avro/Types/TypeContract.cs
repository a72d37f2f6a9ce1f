using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>How an object of a type is made, and what it is made of.</summary>
internal sealed class TypeContract
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance;

    public TypeContract(Type type, ConstructorInfo? constructor, TypeMember[] members)
    {
        Type = type;
        Constructor = constructor;
        Members = members;
    }

    public Type Type { get; }

    /// <summary>Null for a struct that is made without one, and for what generated code makes.</summary>
    public ConstructorInfo? Constructor { get; }

    /// <summary>Those of base classes first, each class's in the order of their declaration.</summary>
    public TypeMember[] Members { get; }

    /// <summary>A constructor without parameters, else the one with the most of which each is named after a member.</summary>
    /// <exception cref="AvroTypeException">The type can't be made.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    public static TypeContract Of(Type type)
    {
        var members = MembersOf(type);
        ConstructorInfo? constructor = null;
        ConstructorInfo? withParameters = null;
        foreach (var candidate in type.IsAbstract ? [] : type.GetConstructors(Public))
        {
            var among = candidate.GetParameters();
            if (among.Length == 0) constructor = candidate;
            else if (among.Length > (withParameters?.GetParameters().Length ?? 0) && AreAll(members, among)) withParameters = candidate;
        }

        // A record struct has a constructor without parameters that nobody wrote, and its members can be set.
        if (constructor is null && !(type.IsValueType && members.TrueForAll(CanAssign)))
        {
            constructor = withParameters ?? (type.IsValueType ? null : throw Unmakeable(type));
        }

        var parameters = constructor?.GetParameters() ?? [];
        var chosen = new List<TypeMember>(members.Count);
        foreach (var member in members)
        {
            var parameter = Find(parameters, members, member);
            // What only computes is no field: nothing could be done with what was read for it.
            if (parameter is not null || CanAssign(member)) chosen.Add(ReflectedMember.Of(member, parameter));
        }

        return new TypeContract(type, constructor, [.. chosen]);
    }

    public static string Name(Type type) => type.ToString();

    private static AvroTypeException Unmakeable(Type type) => new(
        type.IsAbstract
            ? $"{Name(type)} is abstract: name the types it stands for by [AvroUnion(typeof(…))]."
            : $"{Name(type)} has no public constructor that is without parameters, or whose parameters are named after its properties.");

    [RequiresUnreferencedCode(Reflective.Members)]
    private static List<MemberInfo> MembersOf(Type type)
    {
        var members = new List<MemberInfo>();
        for (var current = type; current is not null && current != typeof(object) && current != typeof(ValueType); current = current.BaseType)
        {
            var declared = new List<MemberInfo>();
            foreach (var property in current.GetProperties(Public | BindingFlags.DeclaredOnly))
            {
                if (property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRef) Add(declared, property, members);
            }

            foreach (var field in current.GetFields(Public | BindingFlags.DeclaredOnly)) Add(declared, field, members);
            declared.Sort(InOrder);
            members.InsertRange(0, declared);
        }

        return members;
    }

    private static void Add(List<MemberInfo> declared, MemberInfo member, List<MemberInfo> derived)
    {
        foreach (var other in derived)
        {
            if (other.Name == member.Name) return;
        }

        if (!ReflectedMember.Has(member, typeof(AvroIgnoreAttribute))) declared.Add(member);
    }

    /// <summary>Properties first, both in the order of their declaration.</summary>
    private static int InOrder(MemberInfo left, MemberInfo right) =>
        left is FieldInfo != right is FieldInfo ? (left is FieldInfo ? 1 : -1) : left.MetadataToken.CompareTo(right.MetadataToken);

    private static bool CanAssign(MemberInfo member) => member is PropertyInfo property ? property.SetMethod is { IsPublic: true } : !((FieldInfo)member).IsInitOnly;

    private static bool AreAll(List<MemberInfo> members, ParameterInfo[] parameters)
    {
        foreach (var parameter in parameters)
        {
            if (Find(members, parameter) is null) return false;
        }

        return true;
    }

    private static ParameterInfo? Find(ParameterInfo[] parameters, List<MemberInfo> members, MemberInfo member)
    {
        foreach (var parameter in parameters)
        {
            if (Find(members, parameter) == member) return parameter;
        }

        return null;
    }

    private static MemberInfo? Find(List<MemberInfo> members, ParameterInfo parameter)
    {
        foreach (var member in members)
        {
            if (string.Equals(member.Name, parameter.Name, StringComparison.OrdinalIgnoreCase) && ReflectedMember.TypeOf(member) == parameter.ParameterType) return member;
        }

        return null;
    }
}
