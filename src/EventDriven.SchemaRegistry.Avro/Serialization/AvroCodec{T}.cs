using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>A plain type: its schema, and a plan for each schema that is met.</summary>
internal sealed class AvroCodec<T> : SchemaCodec<T>
{
    private readonly AvroSchema _schema;

    /// <param name="schema">The schema of the type.</param>
    /// <param name="text">Its text where it was given, which is registered as it stands.</param>
    /// <exception cref="NotSupportedException">The type does not fit the schema.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroCodec(AvroSchema schema, string? text)
    {
        _schema = schema;
        Schema = new SchemaDefinition(SchemaFormat.Avro, text ?? schema.ToString()) { Name = (schema as NamedSchema)?.FullName };
        // What does not fit is told at start, before the first event.
        AvroCodec.Explain<WritePlan>(typeof(T), () =>
        {
            ReadPlanner.Plan(schema, schema, typeof(T));
            return WritePlanner.Plan(typeof(T), schema);
        });
    }

    public override SchemaFormat Format => SchemaFormat.Avro;

    public override string ContentType => "application/avro";

    public override SchemaDefinition Schema { get; }

    /// <summary>Bytes whose schema is just that: written as they are, as all clients of the registry do.</summary>
    private static bool IsRaw(AvroSchema schema) => typeof(T) == typeof(byte[]) && schema is { Kind: AvroKind.Bytes };

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The constructor says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The constructor says so.")]
    public override SchemaWriter<T> CreateWriter(FoundSchema schema) => AvroCodec.Explain<SchemaWriter<T>>(typeof(T), () =>
    {
        var found = schema.IsOwn ? _schema : AvroCodec.Parse(schema.Schema);
        return IsRaw(found) ? new RawWriter() : new Writer(new AvroEncoder<T>(found));
    });

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The constructor says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The constructor says so.")]
    public override SchemaReader<T> CreateReader(KnownSchema writer) => AvroCodec.Explain<SchemaReader<T>>(typeof(T), () =>
    {
        if (writer.Format is not SchemaFormat.Avro) throw new AvroSchemaException($"It was written as {writer.Format}, and not as Avro.");

        var written = AvroCodec.Parse(writer);
        return IsRaw(written) ? new RawReader() : new Reader(new AvroDecoder<T>(written, _schema));
    });

    private sealed class Writer(AvroEncoder<T> encoder) : SchemaWriter<T>
    {
        public override byte[] Write(T value, ReadOnlySpan<byte> prefix) => encoder.Write(value, prefix);
    }

    private sealed class Reader(AvroDecoder<T> decoder) : SchemaReader<T>
    {
        public override T Read(ReadOnlySpan<byte> body) => decoder.Read(body);
    }

    private sealed class RawWriter : SchemaWriter<T>
    {
        public override byte[] Write(T value, ReadOnlySpan<byte> prefix) => [.. prefix, .. (byte[])(object)value!];
    }

    private sealed class RawReader : SchemaReader<T>
    {
        public override T Read(ReadOnlySpan<byte> body) => (T)(object)body.ToArray();
    }
}
