namespace EventDriven.SchemaRegistry;

/// <summary>The formats that registries know.</summary>
internal enum SchemaFormat
{
    Avro = 0,
    Json,
    Protobuf,
}
