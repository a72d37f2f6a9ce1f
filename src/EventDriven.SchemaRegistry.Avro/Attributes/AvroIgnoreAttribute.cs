namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Leaves a property or field out of the record.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AvroIgnoreAttribute : Attribute;
