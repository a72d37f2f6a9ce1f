using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Benchmarks.Avro;

/// <summary>Both events, generated.</summary>
[AvroSerializable(typeof(AvroOrder))]
[AvroSerializable(typeof(LargeOrder))]
internal sealed partial class AvroOrders : AvroContext;
