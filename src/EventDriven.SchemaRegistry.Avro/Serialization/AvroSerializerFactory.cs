using System.Diagnostics.CodeAnalysis;
using Confluent.SchemaRegistry;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>Makes the serializers of a builder: our codec for plain types, the vendor's for those of Apache.Avro.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class AvroSerializerFactory(SchemaSettings settings, AvroOptions options, IServiceProvider services) : SchemaSerializerFactory(settings)
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "This type says so itself.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "This type says so itself.")]
    public override string? NameOf<T>()
    {
        if (VendorTypes.IsVendors(typeof(T))) return VendorTypes.FullNameOf(typeof(T));

        try
        {
            return (AvroCodec.SchemaOf(typeof(T), options.Schema) as NamedSchema)?.FullName;
        }
        catch (NotSupportedException)
        {
            // Making its codec says why.
            return null;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "This type says so itself.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "This type says so itself.")]
    protected override SchemaCodec<T> CreateCodec<T>() => new AvroCodec<T>(AvroCodec.SchemaOf(typeof(T), options.Schema), options.Schema);

    protected override IEventSerializer<T>? CreateOther<T>(EventComponent component)
    {
        if (!VendorTypes.IsVendors(typeof(T))) return null;
        if (options.Schema is not null) throw new NotSupportedException($"{typeof(T)} has a schema of its own: {nameof(AvroOptions)}.{nameof(AvroOptions.Schema)} is for plain types.");
        if (options.SubjectNamer is not null) throw new NotSupportedException($"The vendor's serializer, which writes {typeof(T)}, can't be given a SubjectNamer. Use SubjectNaming, or a plain type.");
        if (!string.IsNullOrEmpty(Settings.Registry.Options.Context)) throw new NotSupportedException($"The vendor's serializer, which writes {typeof(T)}, knows no context of a registry. Use a plain type.");

        return new VendorAvroSerializer<T>(services.GetRequiredKeyedService<ISchemaRegistryClient>(Settings.Registry.Name), Settings, options);
    }

    protected override SchemaNames CreateNames(KnownSchema schema) => UnionNames.Of(AvroCodec.Parse(schema));
}
