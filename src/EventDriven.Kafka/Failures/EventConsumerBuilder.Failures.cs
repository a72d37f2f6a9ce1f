namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>Says what happens to an event that fails. Without it, a failing event stops its partition at once: nothing past it is committed.</summary>
    /// <param name="configure">Says the steps. Said again, it goes on where it stopped.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public EventConsumerBuilder OnFailure(Action<FailurePolicyBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Pipeline.Failures);
        return this;
    }

    /// <summary>
    /// Has the topics that the failure policy writes to (retry, parked, dead letters) created when the consumer starts, and extended, where they are missing or too small: sets
    /// <see cref="EventConsumerOptions.ProvisionTopics"/>.
    /// </summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    public EventConsumerBuilder ProvisionTopics() => Configure(static options => options.ProvisionTopics = true);
}
