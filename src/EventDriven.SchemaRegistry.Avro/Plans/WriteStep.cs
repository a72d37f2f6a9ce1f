using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>How a field is written: a member, or bytes where the type has no such member. Immutable.</summary>
/// <param name="Member">The member.</param>
/// <param name="Plan">How it is written.</param>
/// <param name="Bytes">The bytes of the default.</param>
internal sealed record WriteStep(TypeMember? Member, WritePlan? Plan, byte[]? Bytes);
