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

/// <summary>A part of it that is a struct.</summary>
internal readonly record struct AvroStop(string City, double Latitude);

/// <summary>Its state.</summary>
internal enum AvroShipmentState
{
    Packed,
    Sent = 10,
}

/// <summary>Its code.</summary>
[AvroSerializable(typeof(AvroShipment))]
internal sealed partial class Shipments : AvroContext;
