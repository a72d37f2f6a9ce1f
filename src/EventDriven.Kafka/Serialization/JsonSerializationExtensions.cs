using System.Text.Json;
using System.Text.Json.Serialization;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka;

/// <summary>Chooses how events are written and read as JSON, by System.Text.Json.</summary>
/// <remarks>
/// JSON is the default for values, with <see cref="JsonSerializerDefaults.Web"/>: property names in camel case, compared without case. Events of type
/// <see cref="string"/>, <c>byte[]</c> or <see cref="ReadOnlyMemory{T}"/> of bytes are not JSON but pass through as they are (text as strict UTF-8); such an
/// array is the record's own: do not change it. No bytes at all, the literal <c>null</c>, and anything but white space after the value are errors.
/// </remarks>
public static class JsonSerializationExtensions
{
    /// <summary>Uses a source-generated context: fast, and the way for trimmed and native applications.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="context">
    /// The context, such as <c>OrdersJson.Default</c>; it must name every event type of the builder, else the start fails and says which is missing. Its own options
    /// count: for the same JSON as the default, give it <c>[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]</c>.
    /// </param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static TBuilder UseJson<TBuilder>(this TBuilder builder, JsonSerializerContext context)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(context);
        var factory = new JsonEventSerializerFactory(context.Options);
        builder.UseSerializers(_ => factory);
        return builder;
    }

    /// <summary>Uses options: converters, naming, or a chain of source-generated contexts (<see cref="JsonSerializerOptions.TypeInfoResolverChain"/>).</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <param name="builder">The builder of a producer, consumer or key.</param>
    /// <param name="options">The options. They can't be changed once the host has started. Without a type resolver, reflection is used where the application has it.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static TBuilder UseJson<TBuilder>(this TBuilder builder, JsonSerializerOptions options)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        builder.UseSerializers(_ => new JsonEventSerializerFactory(options));
        return builder;
    }
}
