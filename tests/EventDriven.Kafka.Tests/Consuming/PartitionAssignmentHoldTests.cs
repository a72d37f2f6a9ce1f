using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>A user's pause: what is in handlers ends, nothing else is started.</summary>
public class PartitionAssignmentHoldTests
{
    [Fact]
    public void What_is_buffered_is_not_started_until_it_is_resumed()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "a");
        bench.Append(2, "b");
        Assert.Equal([0, 2], bench.StartAll());
        bench.Append(3, "c");

        bench.Assignment.SetHeld(true);

        Assert.Empty(bench.StartAll());
        Assert.Empty(bench.Finish(0));
        Assert.Empty(bench.Finish(2));
        Assert.Equal(1, bench.Assignment.Position!.Value.Offset);

        bench.Assignment.SetHeld(false);

        Assert.Equal([1, 3], bench.StartAll().Order());
        bench.Finish(3);
        bench.Finish(1);
        Assert.Equal(4, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void Paused_and_resumed_again_and_again_each_record_is_started_once()
    {
        var bench = new AssignmentBench(OrderingMode.Partition);
        bench.Append(0);
        bench.Append(1);
        for (var i = 0; i < 3; i++)
        {
            bench.Assignment.SetHeld(true);
            bench.Assignment.SetHeld(true);
            bench.Assignment.SetHeld(false);
        }

        Assert.Equal([0], bench.StartAll());
        Assert.Equal([1], bench.Finish(0));
        Assert.Empty(bench.Finish(1));
        Assert.Empty(bench.StartAll());
    }

    [Fact]
    public void A_drain_does_not_wait_for_what_a_pause_keeps_from_starting()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "b");
        bench.Append(2, "c");
        bench.Assignment.SetHeld(true);

        bench.BeginDrain();

        Assert.True(bench.Assignment.IsDrained);
        Assert.Empty(bench.StartAll());
        Assert.Equal(0, bench.Assignment.Fence()!.Value.Offset);
    }

    [Fact]
    public void A_pause_during_a_drain_ends_it_with_what_is_running()
    {
        var bench = new AssignmentBench(OrderingMode.Key);
        bench.Append(0, "a");
        bench.Append(1, "a");
        bench.Append(2, "b");
        bench.StartAll();
        bench.BeginDrain();
        bench.Finish(2);

        bench.Assignment.SetHeld(true);
        Assert.False(bench.Assignment.IsDrained);

        // 1 lies below 2, which is finished, and would have been started without the pause.
        Assert.Empty(bench.Finish(0));
        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(1, bench.Assignment.Fence()!.Value.Offset);
    }

    [Fact]
    public void A_retry_does_not_undo_a_pause()
    {
        var bench = new AssignmentBench(OrderingMode.Partition);
        bench.Append(0);
        bench.StartAll();
        bench.Assignment.SetHeld(true);
        bench.Finish(0, ProcessingResult.Stopped(1, new InvalidOperationException("poison")));

        bench.Assignment.Retry();
        Assert.Empty(bench.StartAll());

        bench.Assignment.SetHeld(false);
        Assert.Equal([0], bench.StartAll());
    }
}
