using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>Makes the serializers of a builder from what was generated.</summary>
internal sealed class GeneratedSerializerFactory(SchemaSettings settings, AvroContext context, AvroOptions options) : SchemaSerializerFactory(settings)
{
    public override string? NameOf<T>() => context.NameOf<T>();

    protected override SchemaCodec<T> CreateCodec<T>() => options.HasSchema
        ? throw new NotSupportedException($"{nameof(AvroOptions)}.{nameof(AvroOptions.Schema)} maps a type onto a schema at run time, and {context.GetType()} has schemas of its own. Leave out one of them.")
        : new GeneratedCodec<T>(context.Get<T>());

    protected override SchemaNames CreateNames(KnownSchema schema) => UnionNames.Of(AvroCodec.Parse(schema));
}
