using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A clock that tells when somebody has begun to wait for it.</summary>
internal sealed class WaitableTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The time of the next wait that has begun.</summary>
    public Task<TimeSpan> NextWaitAsync() => _timers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Assert.True(_timers.Writer.TryWrite(dueTime));
        return timer;
    }
}
