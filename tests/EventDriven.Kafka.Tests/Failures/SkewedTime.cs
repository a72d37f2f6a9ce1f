using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>A clock whose wall may jump, while its timestamps and timers go on evenly.</summary>
internal sealed class SkewedTime : FakeTimeProvider
{
    public TimeSpan Skew { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
