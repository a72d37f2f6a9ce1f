namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A type without parts.</summary>
internal sealed class PrimitiveSchema(AvroKind kind) : AvroSchema(kind)
{
    private static readonly string[] Names = ["null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum", "fixed", "array", "map", "union"];

    /// <returns>Null where the name is none of a primitive type.</returns>
    public static AvroKind? Find(string name)
    {
        var index = Names.AsSpan(0, (int)AvroKind.String + 1).IndexOf(name);
        return index < 0 ? null : (AvroKind)index;
    }

    public static string NameOf(AvroKind kind) => Names[(int)kind];

    protected override int ComputeMinimumSize() => Kind switch
    {
        AvroKind.Null => 0,
        AvroKind.Float => 4,
        AvroKind.Double => 8,
        _ => 1,
    };
}
