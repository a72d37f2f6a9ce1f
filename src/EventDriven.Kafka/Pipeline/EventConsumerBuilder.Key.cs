using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>
    /// Says of which type keys are, and reads the key of each event with it: <see cref="EventContext.GetKey{TKey}"/> then has it. A key that can't be read is a failure of
    /// its event, which is not tried again. Said again, it replaces what was said before.
    /// </summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="configure">
    /// Chooses the serializer; the one for values is not used for keys. Null for the form in which Kafka's Java client writes a <see cref="string"/>, <see cref="Guid"/>,
    /// <c>byte[]</c>, <see cref="short"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/> or <see cref="double"/>; for any other type the start fails without a choice.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public EventConsumerBuilder Key<TKey>(Action<EventKeyBuilder<TKey>>? configure = null)
        where TKey : notnull
    {
        var key = new EventKeyBuilder<TKey>();
        configure?.Invoke(key);
        Pipeline.Key = new KeyDescriptor<TKey>(key);
        return this;
    }
}
