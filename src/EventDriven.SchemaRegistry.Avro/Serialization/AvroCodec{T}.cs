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
    private readonly WritePlan _write;
    private readonly ReadPlan _read;

    /// <param name="schema">The schema of the type, or one that has it among others.</param>
    /// <param name="definition">What is registered of it.</param>
    /// <exception cref="NotSupportedException">The type does not fit the schema.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public AvroCodec(AvroSchema schema, SchemaDefinition definition)
    {
        _schema = schema;
        Schema = definition;
        // What does not fit is told at start, before the first event.
        _read = AvroCodec.Explain(typeof(T), () => ReadPlanner.Plan(schema, schema, typeof(T)));
        _write = AvroCodec.Explain(typeof(T), () => WritePlanner.Plan(typeof(T), schema));
    }

    public override SchemaFormat Format => SchemaFormat.Avro;

    public override string ContentType => AvroCodec.ContentType;

    public override SchemaDefinition Schema { get; }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The constructor says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The constructor says so.")]
    public override SchemaWriter<T> CreateWriter(FoundSchema schema) => AvroCodec.Explain<SchemaWriter<T>>(typeof(T), () =>
    {
        var found = schema.IsOwn ? _schema : AvroCodec.Parse(schema.Schema);
        return AvroCodec.IsRaw<T>(found) ? AvroCodec.RawWriter<T>()
            : AvroCodec.Writer(schema.IsOwn ? new AvroEncoder<T>(found, _write) : new AvroEncoder<T>(found));
    });

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The constructor says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The constructor says so.")]
    public override SchemaReader<T> CreateReader(KnownSchema writer) => AvroCodec.Explain<SchemaReader<T>>(typeof(T), () =>
    {
        // The same text is the same schema, planned for already.
        var isOwn = writer.Format is SchemaFormat.Avro && Schema.Is(writer.Text, writer.References);
        var written = isOwn ? _schema : AvroCodec.ParseWriter(writer);
        return AvroCodec.IsRaw<T>(written) ? AvroCodec.RawReader<T>()
            : AvroCodec.Reader(isOwn ? new AvroDecoder<T>(written, _read) : new AvroDecoder<T>(written, _schema));
    });
}
