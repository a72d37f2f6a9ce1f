namespace EventDriven.SchemaRegistry.Avro;

/// <summary>
/// Says which types a value may have: on a base class or interface, or on a member. An abstract class whose constructors are private, with its derived types nested in it,
/// needs none: they are the branches, in the order of their declaration.
/// </summary>
/// <param name="types">The types, in the order of the union's branches. The first one gives the type of a default.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter, Inherited = false)]
public sealed class AvroUnionAttribute(params Type[] types) : Attribute
{
    /// <summary>The types, in the order of the union's branches.</summary>
    public IReadOnlyList<Type> Types { get; } = types ?? throw new ArgumentNullException(nameof(types));
}
