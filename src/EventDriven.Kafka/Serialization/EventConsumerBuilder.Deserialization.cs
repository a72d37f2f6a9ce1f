using Confluent.Kafka;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>Reads the events of one type by a deserializer of Confluent.Kafka; other types of this consumer keep theirs.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <param name="with">
    /// The deserializer; it is called from any number of threads at once. A <see cref="FormatException"/>, <see cref="ArgumentException"/>,
    /// <see cref="InvalidDataException"/> or other exception about the bytes fails the event for good; any other, such as of a registry that can't be reached, is tried again.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="with"/> is null.</exception>
    public EventConsumerBuilder Deserialize<T>(IDeserializer<T> with)
    {
        ArgumentNullException.ThrowIfNull(with);
        Pipeline.Deserializers[typeof(T)] = new ConfluentSerializer<T>(with);
        return this;
    }

    /// <inheritdoc cref="Deserialize{T}(IDeserializer{T})"/>
    public EventConsumerBuilder Deserialize<T>(IAsyncDeserializer<T> with)
    {
        ArgumentNullException.ThrowIfNull(with);
        Pipeline.Deserializers[typeof(T)] = new ConfluentSerializer<T>(with);
        return this;
    }
}
