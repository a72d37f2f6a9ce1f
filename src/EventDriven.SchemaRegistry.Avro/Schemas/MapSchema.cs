namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>Values of one schema by name.</summary>
internal sealed class MapSchema(AvroSchema values) : AvroSchema(AvroKind.Map)
{
    public AvroSchema Values => values;

    protected override int ComputeMinimumSize() => 1;
}
