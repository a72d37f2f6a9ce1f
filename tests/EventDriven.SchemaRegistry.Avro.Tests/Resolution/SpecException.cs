namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>What the specification calls an error.</summary>
internal sealed class SpecException(string message) : Exception(message);
