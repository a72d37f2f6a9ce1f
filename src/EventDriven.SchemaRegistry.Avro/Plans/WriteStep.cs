using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>How a field is written: a member, or bytes where the type has no such member. Immutable.</summary>
/// <param name="member">The member.</param>
/// <param name="plan">How it is written.</param>
/// <param name="bytes">The bytes of the default.</param>
internal sealed class WriteStep(TypeMember? member, WritePlan? plan, byte[]? bytes)
{
    public TypeMember? Member => member;

    public WritePlan? Plan => plan;

    public byte[]? Bytes => bytes;
}
