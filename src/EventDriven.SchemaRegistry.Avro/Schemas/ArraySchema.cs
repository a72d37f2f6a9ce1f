namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>Items of one schema.</summary>
internal sealed class ArraySchema(AvroSchema items) : AvroSchema(AvroKind.Array)
{
    public AvroSchema Items => items;

    protected override int ComputeMinimumSize() => 1;
}
