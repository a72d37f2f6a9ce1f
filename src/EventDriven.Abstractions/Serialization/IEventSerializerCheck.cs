namespace EventDriven;

/// <summary>
/// A serializer (an <see cref="IEventSerializer{T}"/>) that depends on something outside of the process, such as a schema registry, and can tell before the first event whether it will be
/// able to write. It is asked at the first contact with the cluster, and again until nothing is wrong. Thread-safe.
/// </summary>
public interface IEventSerializerCheck
{
    /// <summary>Finds out whether events can be written.</summary>
    /// <param name="topic">The topic that a producer writes to.</param>
    /// <param name="component">Whether it is for keys or for values.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>What is wrong and how to mend it, as sentences; null if nothing is.</returns>
    ValueTask<string?> CheckAsync(string topic, EventComponent component, CancellationToken cancellationToken);
}
