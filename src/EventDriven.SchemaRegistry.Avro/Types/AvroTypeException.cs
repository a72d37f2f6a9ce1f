namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>A type that has no Avro form, or does not fit a schema. Found when a plan is built, at start for what is written.</summary>
internal sealed class AvroTypeException(string message) : Exception(message);
