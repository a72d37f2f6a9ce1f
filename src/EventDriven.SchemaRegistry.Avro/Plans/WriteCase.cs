namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>A branch of a union. Immutable.</summary>
/// <param name="index">Its number.</param>
/// <param name="plan">How its values are written.</param>
internal sealed class WriteCase(int index, WritePlan plan)
{
    public int Index => index;

    public WritePlan Plan => plan;
}
