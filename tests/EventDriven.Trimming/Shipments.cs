using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Trimming;

/// <summary>Its code.</summary>
[AvroSerializable(typeof(AvroShipment))]
internal sealed partial class Shipments : AvroContext;
