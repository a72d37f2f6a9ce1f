namespace EventDriven;

/// <summary>Turns events (or keys) of one type into bytes and back. Thread-safe.</summary>
/// <typeparam name="T">The type of the event or key.</typeparam>
public interface IEventSerializer<T>
{
    /// <summary>The media type of what is written, such as <c>application/json</c>; null where there is none to name.</summary>
    string? ContentType { get; }

    /// <summary>Turns an event into bytes.</summary>
    /// <param name="value">The event, never null.</param>
    /// <param name="context">Where it goes. Headers may be added.</param>
    /// <param name="cancellationToken">Cancels waiting for a registry.</param>
    /// <returns>The bytes, exactly as they are to be sent; the array is not used again by the serializer.</returns>
    /// <exception cref="EventSerializationException">The event can't be turned into bytes.</exception>
    ValueTask<byte[]> SerializeAsync(T value, EventSerializationContext context, CancellationToken cancellationToken);

    /// <summary>Turns bytes into an event.</summary>
    /// <param name="data">The bytes; never a tombstone.</param>
    /// <param name="context">Where they come from.</param>
    /// <param name="cancellationToken">Cancels waiting for a registry.</param>
    /// <returns>The event.</returns>
    /// <exception cref="EventSerializationException">The bytes are no such event. Any other exception is taken as a failure that may pass, such as a registry that can't be reached.</exception>
    ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken);
}
