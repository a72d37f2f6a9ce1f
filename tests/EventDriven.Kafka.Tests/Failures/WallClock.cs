namespace EventDriven.Kafka.Tests.Failures;

/// <summary>The system's time, but for the wall clock, which can be set. Timers and time stamps are the system's.</summary>
internal sealed class WallClock : TimeProvider
{
    private long _ahead;

    /// <summary>Sets the clock, which goes on from there.</summary>
    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _ahead, (now - System.GetUtcNow()).Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
