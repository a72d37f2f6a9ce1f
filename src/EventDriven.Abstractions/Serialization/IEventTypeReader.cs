namespace EventDriven;

/// <summary>
/// A factory of serializers (an <see cref="IEventSerializerFactory"/>) that can tell the type of an event from its bytes, by the name of the schema that it was written by. A consumer of several
/// types asks it before it looks at the header <c>ce_type</c>. Thread-safe.
/// </summary>
public interface IEventTypeReader
{
    /// <summary>The name under which the schema of a type is known; asked once, at start.</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <returns>The name; null where there is none.</returns>
    string? NameOf<T>();

    /// <summary>Reads which type an event is of.</summary>
    /// <param name="data">The bytes of the event.</param>
    /// <param name="context">Where they come from.</param>
    /// <param name="cancellationToken">Cancels waiting for a registry.</param>
    /// <returns>The name of its schema; null where the bytes do not tell.</returns>
    /// <exception cref="EventSerializerUnavailableException">The registry that knows can't be asked.</exception>
    ValueTask<string?> ReadTypeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken);
}
