using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests;

/// <summary>Short forms for tests.</summary>
internal static class Bytes
{
    public static byte[] Write<T>(T value, string? schema = null) => new AvroEncoder<T>(Schema<T>(schema)).Write(value);

    public static T Read<T>(byte[] bytes, string? writer = null, string? reader = null) => new AvroDecoder<T>(Schema<T>(writer), Schema<T>(reader)).Read(bytes);

    public static AvroSchema Schema<T>(string? text = null) => text is null ? SchemaFromType.Of(typeof(T)) : AvroSchemaParser.Parse(text);

    /// <summary>As Apache.Avro writes a generic value.</summary>
    public static byte[] ByApache(string schema, object value)
    {
        using var stream = new MemoryStream();
        new global::Avro.Generic.GenericDatumWriter<object>(global::Avro.Schema.Parse(schema)).Write(value, new global::Avro.IO.BinaryEncoder(stream));
        return stream.ToArray();
    }

    /// <summary>As Apache.Avro reads it, and writes it again in the reader's schema.</summary>
    public static byte[] ThroughApache(string writer, string reader, byte[] bytes)
    {
        var wanted = global::Avro.Schema.Parse(reader);
        var value = new global::Avro.Generic.GenericDatumReader<object>(global::Avro.Schema.Parse(writer), wanted).Read(null!, new global::Avro.IO.BinaryDecoder(new MemoryStream(bytes)));
        using var stream = new MemoryStream();
        new global::Avro.Generic.GenericDatumWriter<object>(wanted).Write(value, new global::Avro.IO.BinaryEncoder(stream));
        return stream.ToArray();
    }
}
