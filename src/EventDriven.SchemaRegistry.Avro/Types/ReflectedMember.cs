using System.Reflection;
using System.Runtime.CompilerServices;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>A member as reflection finds it.</summary>
internal sealed class ReflectedMember : TypeMember
{
    private readonly AvroFieldAttribute? _field;

    private ReflectedMember(MemberInfo member, ParameterInfo? parameter, AvroFieldAttribute? field)
        : base(member.Name, TypeOf(member), member.DeclaringType, field?.Name ?? CamelCase(member.Name))
    {
        Member = member;
        Parameter = parameter;
        _field = field;
        Union = Attribute<AvroUnionAttribute>()?.Types;
    }

    public MemberInfo Member { get; }

    /// <summary>The constructor's parameter that sets it; null where none does.</summary>
    public ParameterInfo? Parameter { get; }

    public IReadOnlyList<string> Aliases => _field?.Aliases ?? [];

    public string? Doc => _field?.Doc;

    public string? Default => _field?.Default;

    /// <summary>Whether the parameter can be left out. (Its <c>HasDefaultValue</c> goes through attributes where it can't.)</summary>
    public bool HasDefault => Parameter is not null && (Parameter.Attributes & (ParameterAttributes.Optional | ParameterAttributes.HasDefault)) != 0 && Parameter.HasDefaultValue;

    public override IReadOnlyList<Type>? Union { get; }

    public override bool MustBeSet => Parameter is null
        ? Member.IsDefined(typeof(RequiredMemberAttribute))
        : !Parameter.HasDefaultValue && !IsNullable(Parameter);

    /// <param name="member">The property or field.</param>
    /// <param name="parameter">The constructor's parameter that sets it, if one does.</param>
    public static ReflectedMember Of(MemberInfo member, ParameterInfo? parameter) => new(member, parameter, Find<AvroFieldAttribute>(member, parameter));

    /// <summary>Whether an attribute stands on a member, or on what it overrides. Most have none, and to ask costs much less than to make it.</summary>
    public static bool Has(MemberInfo member, Type attribute) =>
        member.IsDefined(attribute, inherit: false) || (member is PropertyInfo { GetMethod: { IsVirtual: true } getter } && getter.GetBaseDefinition() != getter && System.Attribute.IsDefined(member, attribute));

    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>What an attribute of the member or its parameter says; records have them on either.</summary>
    public T? Attribute<T>()
        where T : Attribute => Find<T>(Member, Parameter);

    private static T? Find<T>(MemberInfo member, ParameterInfo? parameter)
        where T : Attribute => Has(member, typeof(T)) ? member.GetCustomAttribute<T>()
        : parameter is not null && parameter.IsDefined(typeof(T), inherit: false) ? parameter.GetCustomAttribute<T>()
        : null;

    /// <summary>As System.Text.Json does it, whose assembly is not loaded for this alone: the capitals at the start, but the last of several before a small letter.</summary>
    private static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            if (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1])) break;
            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }

    private static bool IsNullable(ParameterInfo parameter) => parameter.ParameterType.IsValueType
        ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        : new NullabilityInfoContext().Create(parameter).ReadState is not NullabilityState.NotNull;
}
