using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class DrainSignalTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);

    private readonly DrainSignal _signal = new(TimeProvider.System);

    [Fact]
    public void It_does_not_wait_for_what_holds_already() => Assert.True(_signal.Wait(() => true, TimeSpan.Zero));

    [Fact]
    public void It_gives_up_when_its_time_is_over() => Assert.False(_signal.Wait(() => false, TimeSpan.FromMilliseconds(20)));

    [Fact]
    public async Task It_looks_again_after_each_signal()
    {
        var looked = new SemaphoreSlim(0);
        var done = false;
        var waiting = Task.Factory.StartNew(
            () => _signal.Wait(
                () =>
                {
                    looked.Release();
                    return Volatile.Read(ref done);
                },
                Generous),
            TaskCreationOptions.LongRunning);

        Assert.True(await looked.WaitAsync(Generous));
        _signal.Set();
        Assert.True(await looked.WaitAsync(Generous));
        Volatile.Write(ref done, true);
        _signal.Set();

        Assert.True(await waiting.WaitAsync(Generous));
    }

    [Fact]
    public void A_signal_between_the_look_and_the_wait_is_not_missed()
    {
        var looks = 0;

        Assert.True(_signal.Wait(
            () =>
            {
                _signal.Set();
                return ++looks == 3;
            },
            Generous));
    }
}
