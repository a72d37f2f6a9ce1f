using System.Diagnostics.CodeAnalysis;
using EventDriven.SchemaRegistry.Avro.Serialization;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Chooses Avro through a schema registry for events and keys.</summary>
/// <remarks>
/// Plain types (records, classes, structs, enums, collections, scalars) are read and written here; <c>GenericRecord</c> and generated <c>ISpecificRecord</c> types of Apache.Avro go
/// through the client vendor's serializers, over the same registry client.
/// </remarks>
public static class AvroSerializationExtensions
{
    /// <summary>Writes and reads as Avro, framed with the id of the schema in the registry.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static TBuilder UseAvro<TBuilder>(this TBuilder builder, Action<AvroOptions>? configure)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new AvroOptions();
        configure?.Invoke(options);
        builder.UseSerializers(services => new AvroSerializerFactory(SchemaSettings.Create(services, options), options, services));
        return builder;
    }

    /// <summary>Writes and reads as Avro by code that was generated when the service was compiled, framed with the id of the schema in the registry. For plain types only.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="context">The <c>Default</c> of a class derived from <see cref="AvroContext"/>, on which <see cref="AvroSerializableAttribute"/> names the type.</param>
    /// <param name="configure">Sets options; <see cref="AvroOptions.Schema"/> is none of them here.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="context"/> is null.</exception>
    public static TBuilder UseAvro<TBuilder>(this TBuilder builder, AvroContext context, Action<AvroOptions>? configure = null)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(context);
        var options = new AvroOptions();
        configure?.Invoke(options);
        builder.UseSerializers(services => new GeneratedSerializerFactory(SchemaSettings.Create(services, options), context, options));
        return builder;
    }

    /// <inheritdoc cref="UseAvro{TBuilder}(TBuilder, Action{AvroOptions})"/>
    [RequiresUnreferencedCode(Reflective.Members)]
    [RequiresDynamicCode(Reflective.Code)]
    public static TBuilder UseAvro<TBuilder>(this TBuilder builder)
        where TBuilder : IEventSerializationBuilder => builder.UseAvro(configure: null);
}
