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
}
