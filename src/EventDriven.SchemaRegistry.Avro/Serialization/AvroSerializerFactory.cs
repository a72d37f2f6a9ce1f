using System.Diagnostics.CodeAnalysis;
using Confluent.SchemaRegistry;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>Makes the serializers of a builder: our codec for plain types, the vendor's for those of Apache.Avro.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class AvroSerializerFactory(SchemaSettings settings, AvroOptions options, IServiceProvider services) : SchemaSerializerFactory(settings)
{
    private readonly Lazy<GivenSchema?> _given = new(() => options.Schema is null ? null : new GivenSchema(options.Schema, options.References));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "This type says so itself.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "This type says so itself.")]
    public override string? NameOf<T>()
    {
        if (VendorTypes.IsVendors(typeof(T))) return VendorTypes.FullNameOf(typeof(T));

        try
        {
            return AvroCodec.Explain(typeof(T), () => TypeMapping.NameOf(ReflectedTypes.Instance, typeof(T), _given.Value?.Schema ?? AvroCodec.SchemaOf(typeof(T))));
        }
        catch (NotSupportedException)
        {
            // Making its codec says why.
            return null;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "This type says so itself.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "This type says so itself.")]
    protected override SchemaCodec<T> CreateCodec<T>()
    {
        if (AvroCodec.Explain(typeof(T), () => _given.Value) is { } given) return new AvroCodec<T>(given.Schema, given.Definition);
        if (options.References.Count > 0) throw new NotSupportedException($"{nameof(AvroOptions)}.{nameof(AvroOptions.AddReference)} is for a schema that is given, and refers to others: set {nameof(AvroOptions.Schema)}, or leave it out.");

        var schema = AvroCodec.SchemaOf(typeof(T));
        return new AvroCodec<T>(schema, AvroCodec.DefinitionOf(schema));
    }

    protected override IEventSerializer<T>? CreateOther<T>(EventComponent component)
    {
        if (!VendorTypes.IsVendors(typeof(T))) return null;
        if (options.HasSchema) throw new NotSupportedException($"{typeof(T)} has a schema of its own: {nameof(AvroOptions)}.{nameof(AvroOptions.Schema)} is for plain types.");
        if (options.SubjectNamer is not null) throw new NotSupportedException($"The vendor's serializer, which writes {typeof(T)}, can't be given a SubjectNamer. Use SubjectNaming, or a plain type.");
        if (!string.IsNullOrEmpty(Settings.Registry.Options.Context)) throw new NotSupportedException($"The vendor's serializer, which writes {typeof(T)}, knows no context of a registry. Use a plain type.");

        return new VendorAvroSerializer<T>(services.GetRequiredKeyedService<ISchemaRegistryClient>(Settings.Registry.Name), Settings, options);
    }

    protected override SchemaNames CreateNames(KnownSchema schema) => UnionNames.Of(AvroCodec.Parse(schema));
}
