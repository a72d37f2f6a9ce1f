namespace EventDriven.Trimming;

/// <summary>Its state.</summary>
internal enum AvroShipmentState
{
    Packed,
    Sent = 10,
}
