using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>What was generated for a plain type: its own code for its own schema, and a plan for each other schema that is met.</summary>
internal sealed class GeneratedCodec<T> : SchemaCodec<T>
{
    private readonly AvroGeneratedType<T> _generated;

    public GeneratedCodec(AvroGeneratedType<T> generated)
    {
        _generated = generated;
        Schema = new SchemaDefinition(SchemaFormat.Avro, generated.Text) { Name = generated.Name };
    }

    public override SchemaFormat Format => SchemaFormat.Avro;

    public override string ContentType => AvroCodec.ContentType;

    public override SchemaDefinition Schema { get; }

    public override SchemaWriter<T> CreateWriter(FoundSchema schema)
    {
        if (schema.IsOwn && !AvroCodec.IsRaw<T>(_generated.Text)) return AvroCodec.Writer(OwnEncoder(_generated));

        return AvroCodec.Explain<SchemaWriter<T>>(typeof(T), () =>
        {
            var found = schema.IsOwn ? _generated.Parse() : AvroCodec.Parse(schema.Schema);
            return AvroCodec.IsRaw<T>(found) ? AvroCodec.RawWriter<T>() : AvroCodec.Writer(Encoder(_generated, found));
        });
    }

    public override SchemaReader<T> CreateReader(KnownSchema writer)
    {
        if (writer.Format is SchemaFormat.Avro && writer.Text == _generated.Text && !AvroCodec.IsRaw<T>(_generated.Text)) return AvroCodec.Reader(OwnDecoder(_generated));

        return AvroCodec.Explain<SchemaReader<T>>(typeof(T), () =>
        {
            var written = AvroCodec.ParseWriter(writer);
            return AvroCodec.IsRaw<T>(written) ? AvroCodec.RawReader<T>() : AvroCodec.Reader(Decoder(_generated, written));
        });
    }

    public static AvroEncoder<T> OwnEncoder(AvroGeneratedType<T> generated) => new(generated.Parse, generated.Write);

    public static AvroDecoder<T> OwnDecoder(AvroGeneratedType<T> generated) => new(generated.Parse, generated.Read);

    /// <summary>For another schema: delegates that follow a plan. The own code where the registry only has another text of the same schema.</summary>
    public static AvroEncoder<T> Encoder(AvroGeneratedType<T> generated, AvroSchema schema) => schema.ToString() == generated.Text ? OwnEncoder(generated) : PlannedEncoder(generated, schema);

    /// <inheritdoc cref="Encoder"/>
    public static AvroDecoder<T> Decoder(AvroGeneratedType<T> generated, AvroSchema writer) =>
        writer.ToString() == generated.Text ? OwnDecoder(generated) : PlannedDecoder(generated, writer, generated.Parse());

    public static AvroEncoder<T> PlannedEncoder(AvroGeneratedType<T> generated, AvroSchema schema)
    {
        var info = generated.Info();
        return new AvroEncoder<T>(() => schema, new WriteComposer().Compose(info, WritePlanner.Plan(typeof(T), schema, new GeneratedTypes(info))));
    }

    public static AvroDecoder<T> PlannedDecoder(AvroGeneratedType<T> generated, AvroSchema writer, AvroSchema reader)
    {
        var info = generated.Info();
        return new AvroDecoder<T>(() => writer, new ReadComposer().Compose(info, ReadPlanner.Plan(writer, reader, typeof(T), new GeneratedTypes(info))));
    }
}
