using System.Reflection;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>A member as reflection finds it.</summary>
/// <param name="member">The property or field.</param>
/// <param name="parameter">The constructor's parameter that sets it, if one does.</param>
internal sealed class ReflectedMember(MemberInfo member, ParameterInfo? parameter)
    : TypeMember(member.Name, TypeOf(member), member.DeclaringType, Find<AvroFieldAttribute>(member, parameter)?.Name ?? CamelCase(member.Name))
{
    private readonly AvroFieldAttribute? _field = Find<AvroFieldAttribute>(member, parameter);

    public MemberInfo Member => member;

    public ParameterInfo? Parameter => parameter;

    public IReadOnlyList<string> Aliases => _field?.Aliases ?? [];

    public string? Doc => _field?.Doc;

    public string? Default => _field?.Default;

    public override IReadOnlyList<Type>? Union => Attribute<AvroUnionAttribute>()?.Types;

    public override bool MustBeSet => parameter is null
        ? member.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute))
        : !parameter.HasDefaultValue && !IsNullable(parameter);

    /// <summary>What an attribute of the member or its parameter says; records have them on either.</summary>
    public T? Attribute<T>()
        where T : Attribute => Find<T>(member, parameter);

    private static T? Find<T>(MemberInfo member, ParameterInfo? parameter)
        where T : Attribute => member.GetCustomAttribute<T>() ?? parameter?.GetCustomAttribute<T>();

    private static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>As System.Text.Json does it: the capitals at the start, but the last of several before a small letter.</summary>
    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);

    private static bool IsNullable(ParameterInfo parameter) => parameter.ParameterType.IsValueType
        ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        : new NullabilityInfoContext().Create(parameter).ReadState is not NullabilityState.NotNull;
}
