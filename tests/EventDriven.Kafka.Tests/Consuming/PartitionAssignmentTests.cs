using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class PartitionAssignmentTests
{
    private static readonly ProcessingResult Failed = ProcessingResult.Stopped(1, new InvalidOperationException("poison"));

    [Fact]
    public void In_partition_order_one_record_runs_at_a_time()
    {
        var bench = new AssignmentBench(OrderingMode.Partition);
        bench.Append(0, "a");
        bench.Append(1, "b");

        Assert.Equal([0], bench.StartAll());
        Assert.Equal([1], bench.Finish(0));
        Assert.Empty(bench.Finish(1));
    }

    [Fact]
    public void In_key_order_keys_run_side_by_side_and_each_key_in_order()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "b");
        bench.Append(2, "a");
        bench.Append(3, "b");

        Assert.Equal([0, 1], bench.StartAll());
        Assert.Equal([3], bench.Finish(1));
        Assert.Equal([2], bench.Finish(0));
    }

    [Fact]
    public void Records_without_a_key_have_no_order_but_an_empty_key_is_a_key()
    {
        var bench = new AssignmentBench();
        bench.Append(0);
        bench.Append(1);
        bench.Append(2, "");
        bench.Append(3, "");

        Assert.Equal([0, 1, 2], bench.StartAll());
    }

    [Fact]
    public void Without_order_every_record_runs_at_once()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, "a");
        bench.Append(1, "a");

        Assert.Equal([0, 1], bench.StartAll());
    }

    [Fact]
    public void A_lane_that_has_had_its_turn_goes_to_the_end_of_the_queue()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "a");
        bench.StartAll();
        bench.Append(2, "b");

        Assert.Empty(bench.Finish(0, mayContinue: false));
        Assert.Equal([2, 1], bench.StartAll());
    }

    [Fact]
    public void A_key_whose_lane_was_dropped_gets_another()
    {
        var bench = new AssignmentBench();
        for (var offset = 0; offset < 5; offset++)
        {
            bench.Append(offset, offset % 2 == 0 ? "a" : "b");
            Assert.Equal([offset], bench.StartAll());
            bench.Finish(offset);
        }

        Assert.Equal(5, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void The_position_is_the_lowest_unfinished_record()
    {
        var bench = new AssignmentBench();
        bench.Append(10, "a");
        bench.Append(11, "b");
        bench.Append(15, "c");
        bench.StartAll();

        bench.Finish(15);
        bench.Finish(11, ProcessingResult.Filtered());
        Assert.Equal(10, bench.Assignment.Position!.Value.Offset);

        bench.Finish(10);
        Assert.Equal(new Position(16, 1), bench.Assignment.Position);
    }

    [Fact]
    public void It_is_full_at_its_limit_and_has_room_again_at_half_of_it()
    {
        var bench = new AssignmentBench { Limits = new AssignmentLimits(4, 1_000_000) };
        Assert.Equal(AppendResult.Taken, bench.Append(0));
        bench.Append(1);
        bench.Append(2);
        Assert.Equal(AppendResult.Full, bench.Append(3));

        bench.StartAll();
        bench.Finish(2);
        Assert.False(bench.Assignment.HasRoomAgain(bench.Limits));
        bench.Finish(3);
        Assert.True(bench.Assignment.HasRoomAgain(bench.Limits));
    }

    [Fact]
    public void A_record_that_was_received_before_is_refused()
    {
        var bench = new AssignmentBench();
        bench.Append(5);

        Assert.Equal(AppendResult.WentBack, bench.Append(5));
        Assert.Equal([5], bench.StartAll());
    }

    [Fact]
    public void Nothing_starts_further_above_the_lowest_unfinished_record_than_the_replay_bound()
    {
        var bench = new AssignmentBench(maxReplay: 3);
        for (var offset = 0; offset < 6; offset++)
        {
            bench.Append(offset, $"key {offset}");
        }

        Assert.Equal([0, 1, 2], bench.StartAll());
        bench.Finish(1);
        bench.Finish(2);
        Assert.Empty(bench.StartAll());

        bench.Finish(0);
        Assert.Equal([3, 4, 5], bench.StartAll());
    }

    [Fact]
    public void The_replay_bound_counts_records_and_not_offsets()
    {
        var bench = new AssignmentBench(maxReplay: 2);
        bench.Append(0, "a");
        bench.Append(5_000, "b");

        Assert.Equal([0, 5_000], bench.StartAll());
    }

    [Fact]
    public void A_record_that_failed_for_good_stops_the_partition_and_a_retry_starts_from_it()
    {
        var bench = new AssignmentBench();
        var reports = new List<StoppedAt>();
        bench.Assignment.OnStopped = (_, stopped) => reports.Add(stopped);
        bench.Append(0, "a");
        bench.Append(1, "b");
        bench.Append(2, "a");
        bench.Append(3, "b");
        bench.StartAll();

        Assert.Empty(bench.Finish(0, Failed));
        Assert.Empty(bench.Finish(1));
        bench.Append(4, "c");
        Assert.Empty(bench.StartAll());
        Assert.Equal(0, Assert.Single(reports).Offset);
        Assert.Equal(0, bench.Assignment.Position!.Value.Offset);

        bench.Assignment.Retry();
        Assert.Equal([0, 3, 4], bench.StartAll().Order());
        Assert.Equal([2], bench.Finish(0));
    }

    [Fact]
    public void Two_records_that_fail_side_by_side_are_reported_once_and_both_tried_again()
    {
        var bench = new AssignmentBench();
        var reports = 0;
        bench.Assignment.OnStopped = (_, _) => reports++;
        bench.Append(0, "a");
        bench.Append(1, "b");
        bench.StartAll();

        bench.Finish(1, Failed);
        bench.Finish(0, Failed);
        Assert.Equal(1, reports);

        bench.Assignment.Retry();
        Assert.Equal([0, 1], bench.StartAll().Order());
    }

    [Fact]
    public void A_record_that_ended_without_an_outcome_has_its_turn_again()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.StartAll();

        bench.Finish(0, ProcessingResult.Unfinished(1));

        Assert.Equal(0, bench.Assignment.Position!.Value.Offset);
        Assert.Equal([0], bench.StartAll());
    }

    [Fact]
    public void Nothing_changes_after_the_fence()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.Append(1, "a");
        bench.Append(2, "b");
        bench.StartAll();

        Assert.Equal(0, bench.Assignment.Fence()!.Value.Offset);
        Assert.Null(bench.Assignment.Fence());
        Assert.Empty(bench.Finish(0));
        Assert.Equal(AppendResult.Taken, bench.Append(9));
        Assert.Empty(bench.StartAll());
        Assert.Null(bench.Assignment.Position);
        Assert.Equal(0, bench.Assignment.GetSnapshot().Finished);
        Assert.True(bench.Assignment.HasRunning);
        bench.Finish(2);
        Assert.False(bench.Assignment.HasRunning);
    }

    [Fact]
    public void A_resolved_start_does_not_replace_a_position_that_records_have_set()
    {
        var bench = new AssignmentBench();
        bench.Append(7);

        bench.Assignment.StartAt(new Position(3, -1));

        Assert.Equal(7, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void The_snapshot_tells_how_long_the_oldest_record_has_been_in_its_handler()
    {
        var bench = new AssignmentBench();
        bench.Append(0, "a");
        bench.StartAll();
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Append(1, "b");
        bench.StartAll();
        bench.Time.Advance(TimeSpan.FromSeconds(3));

        var snapshot = bench.Assignment.GetSnapshot();
        Assert.Equal((0, TimeSpan.FromSeconds(5), 2), (snapshot.OldestRunningOffset!.Value, snapshot.OldestRunning!.Value, snapshot.Running));

        bench.Finish(0);
        snapshot = bench.Assignment.GetSnapshot();
        Assert.Equal((1, TimeSpan.FromSeconds(3), 1), (snapshot.OldestRunningOffset!.Value, snapshot.OldestRunning!.Value, snapshot.Running));
    }
}
