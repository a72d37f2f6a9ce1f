using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class PartitionAssignmentDrainTests
{
    [Fact]
    public void A_drain_of_an_idle_partition_is_over_at_once()
    {
        var bench = new AssignmentBench();

        bench.BeginDrain();

        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(1, bench.Drained);
    }

    [Fact]
    public void A_drain_runs_what_is_buffered_below_the_highest_record_started_and_nothing_above_it()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "a");
        bench.Append(2, "b");
        bench.Append(3, "a");
        bench.Append(4, "b");
        Assert.Equal([0, 2], bench.StartAll());

        bench.BeginDrain();
        Assert.Empty(bench.Finish(2));
        Assert.False(bench.Assignment.IsDrained);
        Assert.Equal([1], bench.Finish(0));
        Assert.Empty(bench.Finish(1));

        Assert.True(bench.Assignment.IsDrained);
        Assert.NotEqual(0, bench.Drained);
        Assert.Equal(3, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void A_drain_that_includes_the_buffer_runs_everything_received()
    {
        var bench = new AssignmentBench(maxReplay: 2);
        for (var offset = 0; offset < 5; offset++)
        {
            bench.Append(offset, $"key {offset}");
        }

        Assert.Equal([0, 1], bench.StartAll());
        bench.BeginDrain(includeBuffered: true);
        bench.Finish(0);
        bench.Finish(1);
        Assert.False(bench.Assignment.IsDrained);
        Assert.Equal([2, 3], bench.StartAll());
        bench.Finish(2);
        bench.Finish(3);
        Assert.Equal([4], bench.StartAll());
        bench.Finish(4);

        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(5, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void A_drain_tells_handlers_to_end_their_delays_and_not_their_work()
    {
        var bench = new AssignmentBench();

        bench.BeginDrain();

        Assert.True(bench.Assignment.Tokens.Draining.IsCancellationRequested);
        Assert.False(bench.Assignment.Tokens.Cancelled.IsCancellationRequested);
        bench.Assignment.Cancel();
        Assert.True(bench.Assignment.Tokens.Cancelled.IsCancellationRequested);
    }

    [Fact]
    public void A_record_that_a_drain_ended_without_an_outcome_is_not_started_again()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "a");
        bench.StartAll();

        bench.BeginDrain();
        Assert.Empty(bench.Finish(0, ProcessingResult.Unfinished(2)));

        Assert.Empty(bench.StartAll());
        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(0, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void A_record_that_fails_for_good_ends_the_drain_of_its_lane()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.StartAll();

        bench.BeginDrain();
        bench.Finish(0, ProcessingResult.Stopped(1, new InvalidOperationException("poison")));
        Assert.True(bench.Assignment.IsDrained);

        bench.Assignment.Retry();
        Assert.Empty(bench.StartAll());
    }

    [Fact]
    public void A_drain_ends_when_lanes_above_its_limit_come_out_of_the_ready_queue()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.StartAll();
        bench.Append(1, "b");

        bench.BeginDrain();
        bench.Finish(0);
        Assert.Empty(bench.StartAll());

        Assert.True(bench.Assignment.IsDrained);
    }

    [Fact]
    public void A_record_waits_for_a_handler_of_an_earlier_assignment_with_the_same_key()
    {
        var earlier = new AssignmentBench();
        earlier.Append(0, "a");
        earlier.StartAll();
        earlier.Assignment.Fence();

        var bench = new AssignmentBench(OrderingMode.Key, 10_000, earlier.Assignment);
        bench.Append(0, "a");
        bench.Append(1, "b");
        bench.Append(2, "a");
        Assert.Equal([1], bench.StartAll());

        earlier.Finish(0);
        Assert.Equal([0], bench.StartAll());
        Assert.Equal([2], bench.Finish(0));
    }

    [Fact]
    public void A_record_waits_for_the_handlers_of_all_earlier_assignments()
    {
        var first = new AssignmentBench(OrderingMode.Partition);
        first.Append(0);
        first.StartAll();
        first.Assignment.Fence();
        var second = new AssignmentBench(OrderingMode.Partition);
        second.Append(0);
        second.StartAll();
        second.Assignment.Fence();

        var bench = new AssignmentBench(OrderingMode.Partition, 10_000, first.Assignment, second.Assignment);
        bench.Append(0);
        Assert.Empty(bench.StartAll());
        second.Finish(0);
        Assert.Empty(bench.StartAll());
        first.Finish(0);
        Assert.Equal([0], bench.StartAll());
    }

    [Fact]
    public void Without_order_nothing_waits_for_earlier_assignments()
    {
        var earlier = new AssignmentBench(OrderingMode.None);
        earlier.Append(0, "a");
        earlier.StartAll();
        earlier.Assignment.Fence();

        var bench = new AssignmentBench(OrderingMode.None, 10_000, earlier.Assignment);
        bench.Append(0, "a");

        Assert.Equal([0], bench.StartAll());
    }

    [Fact]
    public void A_drain_does_not_wait_for_what_waits_for_an_earlier_assignment()
    {
        var earlier = new AssignmentBench();
        earlier.Append(0, "a");
        earlier.StartAll();
        earlier.Assignment.Fence();

        var bench = new AssignmentBench(OrderingMode.Key, 10_000, earlier.Assignment);
        bench.Append(0, "a");
        bench.BeginDrain();
        Assert.True(bench.Assignment.IsDrained);

        earlier.Finish(0);
        Assert.Empty(bench.StartAll());
    }

    [Fact]
    public void A_drain_does_not_wait_for_records_that_arrive_while_it_goes_on()
    {
        var earlier = new AssignmentBench();
        earlier.Append(0, "a");
        earlier.StartAll();
        earlier.Assignment.Fence();

        var bench = new AssignmentBench(OrderingMode.Key, 10_000, earlier.Assignment);
        bench.BeginDrain();
        bench.Append(0, "a");

        Assert.True(bench.Assignment.IsDrained);
        earlier.Finish(0);
        Assert.Empty(bench.StartAll());
    }
}
