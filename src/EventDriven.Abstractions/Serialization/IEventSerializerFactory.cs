namespace EventDriven;

/// <summary>Makes the serializer for each event type of a producer or consumer, once, at start. Thread-safe.</summary>
public interface IEventSerializerFactory
{
    /// <summary>Makes the serializer of a type.</summary>
    /// <typeparam name="T">The type of the event or key.</typeparam>
    /// <param name="component">Whether it is for keys or for values.</param>
    /// <returns>The serializer.</returns>
    /// <exception cref="NotSupportedException">This factory has none for the type; the message says what to register. It is reported at start.</exception>
    IEventSerializer<T> Create<T>(EventComponent component);
}
