namespace EventDriven;

/// <summary>A serializer (an <see cref="IEventSerializer{T}"/>) whose events have a schema that can be shown without asking anybody. Thread-safe.</summary>
public interface IEventSchema
{
    /// <summary>Shows the schema of its type.</summary>
    /// <param name="topic">The topic of the events, which may name the subject.</param>
    /// <param name="component">Whether it is for keys or for values.</param>
    /// <returns>The schema; null where there is none before the first event, as of a generic record.</returns>
    /// <exception cref="NotSupportedException">The subject can't be named; the message says why.</exception>
    EventSchema? Describe(string topic, EventComponent component);
}
