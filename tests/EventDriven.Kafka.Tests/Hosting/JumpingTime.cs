namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>The time of the machine, whose wall clock somebody sets; timestamps and timers go on evenly.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private long _skew;

    public TimeSpan Skew
    {
        get => new(Volatile.Read(ref _skew));
        set => Volatile.Write(ref _skew, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;
}
