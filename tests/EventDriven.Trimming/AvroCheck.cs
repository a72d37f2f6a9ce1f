using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Serialization;

namespace EventDriven.Trimming;

/// <summary>Generated Avro without reflection: in the schema of the type, and by plans from and into another version of it.</summary>
internal static class AvroCheck
{
    public static bool Run()
    {
        var generated = Shipments.Default.Get<AvroShipment>();
        var stop = new AvroStop("Wien", 48.2);
        var shipment = new AvroShipment(
            "s-1", 2, 1.25m, DateTimeOffset.UnixEpoch, AvroShipmentState.Sent, [stop], [1, 2], new() { ["home"] = stop, ["away"] = null }, stop,
            new AvroShipment("s-0", null, 0m, DateTimeOffset.UnixEpoch, AvroShipmentState.Packed, [], [], [], 7L));
        var bytes = GeneratedCodec<AvroShipment>.OwnEncoder(generated).Write(shipment);
        var own = GeneratedCodec<AvroShipment>.OwnDecoder(generated).Read(bytes);

        // Another version: a field more at the start.
        var other = AvroSchemaParser.Parse(generated.Text.Replace("\"fields\":[{\"name\":\"id\"", "\"fields\":[{\"name\":\"added\",\"type\":\"int\",\"default\":7},{\"name\":\"id\"", StringComparison.Ordinal));
        var evolved = GeneratedCodec<AvroShipment>.Encoder(generated, other).Write(own);
        var read = GeneratedCodec<AvroShipment>.Decoder(generated, other).Read(evolved);
        var again = GeneratedCodec<AvroShipment>.OwnEncoder(generated).Write(read);
        Console.WriteLine($"Avro: {bytes.Length} bytes in its own schema, {evolved.Length} in another version.");
        return evolved.Length > bytes.Length && again.AsSpan().SequenceEqual(bytes);
    }
}
