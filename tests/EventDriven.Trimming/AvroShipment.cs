using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Trimming;

/// <summary>An event with something of each kind that generated code has a part for.</summary>
internal sealed record AvroShipment(
    string Id,
    int? Parcels,
    decimal Weight,
    DateTimeOffset SentAt,
    AvroShipmentState State,
    List<AvroStop> Stops,
    int[] Codes,
    Dictionary<string, AvroStop?> ByName,
    [property: AvroUnion(typeof(string), typeof(long), typeof(AvroStop))] object Carrier,
    AvroShipment? Returned = null);
