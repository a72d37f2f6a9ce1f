using System.Reflection;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>A property or field that is a field of the record.</summary>
/// <param name="Member">The property or field.</param>
/// <param name="Parameter">The constructor's parameter that sets it, if one does.</param>
/// <param name="CanAssign">Whether it can be set once the object is there.</param>
internal sealed record TypeMember(MemberInfo Member, ParameterInfo? Parameter, bool CanAssign)
{
    private readonly AvroFieldAttribute? _field = Find<AvroFieldAttribute>(Member, Parameter);

    public Type Type { get; } = Member is PropertyInfo property ? property.PropertyType : ((FieldInfo)Member).FieldType;

    /// <summary>As in the schema that is made from the type.</summary>
    public string FieldName { get; } = Find<AvroFieldAttribute>(Member, Parameter)?.Name ?? CamelCase(Member.Name);

    public IReadOnlyList<string> Aliases => _field?.Aliases ?? [];

    public string? Doc => _field?.Doc;

    public string? Default => _field?.Default;

    public bool IsRequired { get; } = Member.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));

    /// <summary>What an attribute of the member or its parameter says; records have them on either.</summary>
    public T? Attribute<T>()
        where T : Attribute => Find<T>(Member, Parameter);

    private static T? Find<T>(MemberInfo member, ParameterInfo? parameter)
        where T : Attribute => member.GetCustomAttribute<T>() ?? parameter?.GetCustomAttribute<T>();

    /// <summary>As System.Text.Json does it: the capitals at the start, but the last of several before a small letter.</summary>
    private static string CamelCase(string name) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name);
}
