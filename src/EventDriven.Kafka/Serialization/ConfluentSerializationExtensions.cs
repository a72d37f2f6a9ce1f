using Confluent.Kafka;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka;

/// <summary>Uses serializers that were written for Confluent.Kafka, on the builder of a producer or of its key.</summary>
/// <remarks>The serializer is called from any number of threads at once, and must stand that. A consumer has <see cref="EventConsumerBuilder.Deserialize{T}(IDeserializer{T})"/>.</remarks>
public static class ConfluentSerializationExtensions
{
    /// <summary>Writes events (or keys) by a serializer of Confluent.Kafka.</summary>
    /// <typeparam name="TBuilder">The builder.</typeparam>
    /// <typeparam name="T">The type of the event or key. Another one than the builder's is an error at start.</typeparam>
    /// <param name="builder">The builder of a producer or key.</param>
    /// <param name="with">The serializer; thread-safe. Headers that it adds are sent.</param>
    /// <returns>The builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static TBuilder Serialize<TBuilder, T>(this TBuilder builder, ISerializer<T> with)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(with);
        return Use(builder, new ConfluentSerializer<T>(with));
    }

    /// <inheritdoc cref="Serialize{TBuilder, T}(TBuilder, ISerializer{T})"/>
    public static TBuilder Serialize<TBuilder, T>(this TBuilder builder, IAsyncSerializer<T> with)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(with);
        return Use(builder, new ConfluentSerializer<T>(with));
    }

    private static TBuilder Use<TBuilder, T>(TBuilder builder, IEventSerializer<T> serializer)
        where TBuilder : IEventSerializationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseSerializers(_ => new SingleSerializerFactory<T>(serializer));
        return builder;
    }
}
