namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A fixed number of bytes.</summary>
internal sealed class FixedSchema(string fullName, int size) : NamedSchema(AvroKind.Fixed, fullName)
{
    public int Size => size;

    protected override int ComputeMinimumSize() => size;
}
