using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class WaitTimerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(-1)]
    [InlineData(-28)]
    public async Task A_wait_that_was_over_before_it_could_be_set_ends_at_once(double milliseconds)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var timer = TimeProvider.System.CreateTimer(_ => ended.TrySetResult(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        timer.SetIn(TimeSpan.FromMilliseconds(milliseconds));

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_wait_does_not_end_before_its_time()
    {
        var time = new FakeTimeProvider();
        var ends = 0;
        using var timer = time.CreateTimer(_ => ends++, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        timer.SetIn(TimeSpan.FromMilliseconds(10.2));

        time.Advance(TimeSpan.FromMilliseconds(10.9));
        Assert.Equal(0, ends);
        time.Advance(TimeSpan.FromMilliseconds(0.1));
        Assert.Equal(1, ends);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, ends);
    }
}
