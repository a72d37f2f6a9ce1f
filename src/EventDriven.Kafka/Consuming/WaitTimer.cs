namespace EventDriven.Kafka.Consuming;

/// <summary>A timer that ends once, after a wait that is reckoned from two readings of a clock.</summary>
internal static class WaitTimer
{
    /// <summary>
    /// Sets it. Timers count whole milliseconds: rounded up, so that it does not end just before the time. A wait that is over by now ends at once: time goes on between the
    /// look that found it was not and this call.
    /// </summary>
    public static void SetIn(this ITimer timer, TimeSpan left) =>
        timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
}
