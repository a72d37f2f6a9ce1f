using EventDriven.SchemaRegistry.Protobuf.Serialization;

namespace EventDriven.SchemaRegistry.Protobuf;

/// <summary>Chooses Protobuf through a schema registry for events and keys.</summary>
public static class ProtobufSerializationExtensions
{
    /// <summary>
    /// Writes and reads messages of Google.Protobuf, framed with the id of the schema in the registry and the indexes of the message in its file. The schema is the <c>.proto</c> file of the
    /// message; the files that it imports are registered as references.
    /// </summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <remarks>A registry must be registered: <c>builder.AddSchemaRegistry("SchemaRegistry")</c>.</remarks>
    public static TBuilder UseProtobuf<TBuilder>(this TBuilder builder, Action<ProtobufOptions>? configure = null)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ProtobufOptions();
        configure?.Invoke(options);
        builder.UseSerializers(services => new ProtobufSerializerFactory(SchemaSettings.Create(services, options), options));
        return builder;
    }
}
