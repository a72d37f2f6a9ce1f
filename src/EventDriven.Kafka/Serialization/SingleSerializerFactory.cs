namespace EventDriven.Kafka.Serialization;

/// <summary>One serializer that was given as an object; it serves its own type only.</summary>
internal sealed class SingleSerializerFactory<TOnly>(IEventSerializer<TOnly> serializer) : IEventSerializerFactory
{
    public IEventSerializer<T> Create<T>(EventComponent component) => serializer as IEventSerializer<T>
        ?? throw new NotSupportedException($"A serializer of {typeof(TOnly)} was given, and one of {typeof(T)} is needed.");
}
