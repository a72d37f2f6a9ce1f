using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>A step of reading a record: a value for a member, or one that is skipped; without either it is an error to be met. Immutable.</summary>
/// <param name="member">The member.</param>
/// <param name="plan">How its value is read.</param>
/// <param name="skipped">What is skipped.</param>
internal sealed class ReadStep(TypeMember? member, ReadPlan? plan, AvroSchema? skipped)
{
    public TypeMember? Member => member;

    public ReadPlan? Plan => plan;

    public AvroSchema? Skipped => skipped;
}
