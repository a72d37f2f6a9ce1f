using System.Text.Json.Serialization;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>Chooses JSON with a schema in a registry.</summary>
public static class JsonSchemaSerializationExtensions
{
    /// <summary>Writes and reads events (or keys) as JSON, by System.Text.Json, with a schema in the schema registry: that of the type, unless one is given.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <remarks>A registry must be registered: <c>builder.AddSchemaRegistry("SchemaRegistry")</c>.</remarks>
    public static TBuilder UseJsonSchema<TBuilder>(this TBuilder builder)
        where TBuilder : IEventSerializationBuilder => builder.UseJsonSchema(static _ => { });

    /// <summary>The same, with options.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static TBuilder UseJsonSchema<TBuilder>(this TBuilder builder, Action<JsonSchemaOptions> configure)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new JsonSchemaOptions();
        configure(options);
        builder.UseSerializers(services => new JsonSchemaSerializerFactory(SchemaSettings.Create(services, options), options));
        return builder;
    }

    /// <summary>The same by a source-generated context: fast, and the way for trimmed applications.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="context">The context, such as <c>OrdersJson.Default</c>; it must name every event type of the builder. Its own options count.</param>
    /// <param name="configure">Sets other options.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="context"/> is null.</exception>
    public static TBuilder UseJsonSchema<TBuilder>(this TBuilder builder, JsonSerializerContext context, Action<JsonSchemaOptions>? configure = null)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(context);
        return builder.UseJsonSchema(options =>
        {
            options.SerializerOptions = context.Options;
            configure?.Invoke(options);
        });
    }
}
