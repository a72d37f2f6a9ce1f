namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>
    /// Limits the time of each attempt at an event, or at a batch: when it is over, the handler's token fires, and the attempt has failed with an
    /// <see cref="AttemptTimeoutException"/> once the handler has ended. Another attempt follows where <see cref="OnFailure"/> says so. Without it there is no limit.
    /// </summary>
    /// <param name="limit">The limit, from 1 millisecond to 1 day: the default of <see cref="EventConsumerOptions.AttemptTimeout"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>A handler that does not heed its token goes on, and nothing that must come behind its event is started. What to do about that says <see cref="WhenStuck"/>.</remarks>
    public EventConsumerBuilder AttemptTimeout(TimeSpan limit) => Configure(options => options.AttemptTimeout = limit);

    /// <summary>Says what to do about an event that does not come out of its handler.</summary>
    /// <param name="after">
    /// How long it may take, all its attempts and the delays between them included, from 10 milliseconds to 7 days: the default of <see cref="EventConsumerOptions.StuckAfter"/>.
    /// It is looked at once a second.
    /// </param>
    /// <param name="action">What to do: the default of <see cref="EventConsumerOptions.WhenStuck"/>.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    public EventConsumerBuilder WhenStuck(TimeSpan after, StuckAction action) => Configure(options =>
    {
        options.StuckAfter = after;
        options.WhenStuck = action;
    });
}
