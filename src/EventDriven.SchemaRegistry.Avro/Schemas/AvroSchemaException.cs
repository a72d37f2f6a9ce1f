namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A text that is no Avro schema.</summary>
internal sealed class AvroSchemaException(string message, Exception? innerException = null) : Exception(message, innerException);
