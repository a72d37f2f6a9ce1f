using EventDriven.SchemaRegistry.Avro.Binary;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Writes a value.</summary>
internal delegate void AvroWrite<in T>(AvroWriter writer, T value);

/// <summary>Reads a value.</summary>
internal delegate T AvroRead<out T>(AvroReader reader);
