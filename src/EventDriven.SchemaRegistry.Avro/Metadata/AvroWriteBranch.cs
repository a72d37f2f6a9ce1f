using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Writes a value as a branch of a union, if it is one of the branch.</summary>
internal delegate bool AvroWriteBranch<in T>(AvroWriter writer, T value);
