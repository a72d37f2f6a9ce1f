using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>A step of reading a record: a value for a member, or one that is skipped; without either it is an error to be met. Immutable.</summary>
/// <param name="Member">The member.</param>
/// <param name="Plan">How its value is read.</param>
/// <param name="Skipped">What is skipped.</param>
internal sealed record ReadStep(TypeMember? Member, ReadPlan? Plan, AvroSchema? Skipped);
