namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>The types of the Avro specification.</summary>
internal enum AvroKind
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Fixed,
    Array,
    Map,
    Union,
}
