using EventDriven.Kafka.Consuming;
using static EventDriven.Kafka.Consuming.BatchOutcome;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class PartitionAssignmentBatchTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);
    private static readonly byte[] Value = [1];

    [Fact]
    public void A_batch_starts_when_it_is_full_and_takes_no_more()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "b");
        Assert.Empty(bench.StartBatches());

        Append(bench, 2, "c", "d");

        Assert.Equal([[0, 1, 2]], bench.StartBatches());
    }

    [Fact]
    public void A_batch_that_is_not_full_starts_when_its_oldest_event_has_waited()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a");
        bench.Time.Advance(Wait / 2);
        Append(bench, 1, "b");
        bench.Time.Advance((Wait / 2) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(bench.StartBatches());

        bench.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([[0, 1]], bench.StartBatches());
    }

    [Fact]
    public void What_has_waited_behind_its_key_for_long_enough_does_not_wait_again()
    {
        var bench = AssignmentBench.OfBatches(2, Wait);
        Append(bench, "a", "b", "a");
        Assert.Equal([[0, 2]], bench.StartBatches());
        bench.Time.Advance(Wait / 2);
        Append(bench, 3, "a");
        bench.Time.Advance(Wait / 2);
        Assert.Equal([[1]], bench.StartBatches());

        bench.Time.Advance(Wait / 4);
        bench.FinishBatch(0);
        Assert.Empty(bench.StartBatches());

        bench.Time.Advance(Wait / 4);
        Assert.Equal([[3]], bench.StartBatches());
    }

    [Fact]
    public void Of_two_waits_the_one_that_ends_first_counts_also_where_it_began_to_count_last()
    {
        var bench = AssignmentBench.OfBatches(4, Wait);
        Append(bench, "a", "a", "a", "a");
        Assert.Equal([[0, 1, 2, 3]], bench.StartBatches());
        Append(bench, 4, "a");
        bench.Time.Advance(Wait * 0.75);
        Append(bench, 5, "b");

        bench.FinishBatch(0);
        bench.Time.Advance(Wait / 4);

        Assert.Equal([[5, 4]], bench.StartBatches());
    }

    [Fact]
    public void Without_a_wait_a_batch_has_what_is_there()
    {
        var bench = AssignmentBench.OfBatches(10, TimeSpan.Zero);
        Append(bench, "a", "b", "a");

        Assert.Equal([[0, 2, 1]], bench.StartBatches());
    }

    [Fact]
    public void No_key_is_in_two_batches_at_once_and_within_one_its_events_are_in_order()
    {
        var bench = AssignmentBench.OfBatches(2, Wait);
        Append(bench, "a", "a", "a", "b", "a", "c");

        Assert.Equal([[0, 1], [3, 5]], bench.StartBatches());
        bench.FinishBatch(3);
        Assert.Empty(bench.StartBatches());
        bench.FinishBatch(0);
        Assert.Equal([[2, 4]], bench.StartBatches());
    }

    [Fact]
    public void In_partition_order_the_next_batch_waits_for_the_one_before()
    {
        var bench = AssignmentBench.OfBatches(2, Wait, OrderingMode.Partition);
        Append(bench, "a", "b", "c", "d", "e");

        Assert.Equal([[0, 1]], bench.StartBatches());
        bench.FinishBatch(0);
        Assert.Equal([[2, 3]], bench.StartBatches());
    }

    [Fact]
    public void Without_order_batches_run_side_by_side()
    {
        var bench = AssignmentBench.OfBatches(2, Wait, OrderingMode.None);
        Append(bench, "a", "a", "a", "a", "a");

        Assert.Equal([[0, 1], [2, 3]], bench.StartBatches());
    }

    [Fact]
    public void Only_what_is_finished_without_a_gap_may_be_committed()
    {
        var bench = AssignmentBench.OfBatches(2, Wait);
        Append(bench, "a", "b", "c", "d");
        bench.StartBatches();

        bench.FinishBatch(2);
        Assert.Equal(0, bench.Assignment.Position!.Value.Offset);
        bench.FinishBatch(0);
        Assert.Equal(4, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void The_one_that_failed_goes_on_alone_with_its_error_while_those_after_it_have_another_batch()
    {
        var bench = AssignmentBench.OfBatches(4, Wait);
        Append(bench, "a", "b", "b", "c");
        Assert.Equal([[0, 1, 2, 3]], bench.StartBatches());

        bench.FinishBatch(0, Handled, Failed, Again, Again);
        Assert.Equal(1, bench.Assignment.Position!.Value.Offset);
        Assert.Equal([[1]], bench.StartBatches());
        Assert.NotNull(bench.FailureAt(1));

        // The rest of its key waits for it, the others only for their batch.
        bench.Time.Advance(Wait);
        Assert.Equal([[3]], bench.StartBatches());
        bench.FinishBatch(3);
        bench.Finish(1, mayContinue: false);
        Assert.Equal([[2]], bench.StartBatches());
    }

    [Fact]
    public void Those_of_a_batch_that_failed_are_each_handled_alone_and_then_batches_go_on()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "a", "b", "a", "a");
        Assert.Equal([[0, 1, 3]], bench.StartBatches());

        bench.FinishBatch(0, Alone, Alone, Alone);

        Assert.Equal([[0]], bench.StartBatches());
        Assert.Null(bench.FailureAt(0));
        bench.Finish(0, mayContinue: false);
        Assert.Equal([[1]], bench.StartBatches());
        bench.Finish(1, mayContinue: false);
        Assert.Equal([[3]], bench.StartBatches());
        bench.Finish(3, mayContinue: false);
        bench.Time.Advance(Wait);
        Assert.Equal([[2, 4]], bench.StartBatches());
    }

    [Fact]
    public void A_tombstone_is_handled_alone_in_its_turn()
    {
        var bench = AssignmentBench.OfBatches(2, TimeSpan.Zero);
        Append(bench, "a");
        bench.Append(1, "a");
        Append(bench, 2, "a");
        bench.Append(3, "b");

        Assert.Equal([[0], [3]], bench.StartBatches());
        bench.FinishBatch(0);
        Assert.Equal([[1]], bench.StartBatches());
        bench.Finish(1, mayContinue: false);
        Assert.Equal([[2]], bench.StartBatches());
    }

    [Fact]
    public void A_partition_that_has_stopped_starts_no_batch_until_it_is_tried_again()
    {
        var bench = AssignmentBench.OfBatches(2, Wait);
        Append(bench, "a", "b");
        bench.StartBatches();
        bench.FinishBatch(0, Handled, Failed);
        bench.StartBatches();
        bench.Finish(1, ProcessingResult.Stopped(1, new InvalidOperationException("poison")), mayContinue: false);
        Append(bench, 2, "c", "d");
        Assert.Empty(bench.StartBatches());

        bench.Assignment.Retry();

        Assert.Equal([[1], [2, 3]], bench.StartBatches());
    }

    [Fact]
    public void A_drain_does_not_wait_for_a_batch_to_fill()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "b", "a");
        Assert.Equal([[0, 2, 1]], bench.StartBatches());
        Append(bench, 3, "a");
        bench.FinishBatch(0, Again, Again);

        bench.BeginDrain();

        // 0 and 2 are below the highest started and run at once; 3 was not started and is left to the next owner.
        Assert.Equal([[0, 2]], bench.StartBatches());
        bench.FinishBatch(0);
        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(3, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void A_drain_is_over_at_once_where_all_events_only_wait_for_their_batch()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "b");

        bench.BeginDrain();

        Assert.True(bench.Assignment.IsDrained);
        Assert.Empty(bench.StartBatches());
    }

    [Fact]
    public void A_drain_with_the_buffer_runs_at_once_what_waits_for_its_batch()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "b");

        bench.BeginDrain(includeBuffered: true);

        Assert.Equal([[0, 1]], bench.StartBatches());
    }

    [Fact]
    public void Cancelled_events_of_a_batch_are_held_by_a_drain_and_those_handled_are_done()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "b", "c");
        bench.StartBatches();
        bench.BeginDrain();

        bench.FinishBatch(0, Handled, Unfinished, Unfinished);

        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(1, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void A_partition_that_is_full_does_not_wait_for_what_can_not_come()
    {
        var bench = AssignmentBench.OfBatches(10, Wait);
        bench.Limits = new AssignmentLimits(2, 1_000_000);
        Append(bench, "a");
        Assert.Empty(bench.StartBatches());

        Append(bench, 1, "b");
        Assert.Equal([[0, 1]], bench.StartBatches());
        bench.FinishBatch(0);
        Assert.True(bench.Assignment.HasRoomAgain(bench.Limits));

        Append(bench, 2, "c");
        Assert.Empty(bench.StartBatches());
    }

    [Fact]
    public void The_replay_bound_holds_within_a_batch()
    {
        var bench = AssignmentBench.OfBatches(3, Wait, maxReplay: 3);
        Append(bench, "a", "b", "b", "b");
        Assert.Equal([[0, 1, 2]], bench.StartBatches());
        bench.FinishBatch(0, Again);
        bench.Time.Advance(Wait);
        Assert.Equal([[0]], bench.StartBatches());
        bench.FinishBatch(0);
        Assert.Equal([[3]], bench.StartBatches());
    }

    [Fact]
    public void A_key_waits_for_the_batch_of_an_earlier_assignment_in_which_it_still_is()
    {
        var before = AssignmentBench.OfBatches(2, Wait);
        Append(before, "a", "b");
        before.StartBatches();
        before.Assignment.Fence();
        var bench = AssignmentBench.OfBatches(1, Wait, predecessors: before.Assignment);
        Append(bench, "b", "c");
        Assert.Equal([[1]], bench.StartBatches());

        before.FinishBatch(0);

        Assert.Equal([[0]], bench.StartBatches());
    }

    [Fact]
    public void A_result_that_comes_after_the_end_of_the_assignment_changes_nothing()
    {
        var bench = AssignmentBench.OfBatches(2, Wait);
        Append(bench, "a", "b", "c");
        bench.StartBatches();
        Assert.Equal(0, bench.Assignment.Fence()!.Value.Offset);

        bench.FinishBatch(0);
        bench.Time.Advance(Wait);

        Assert.Empty(bench.StartBatches());
        Assert.Equal(0, bench.Assignment.GetSnapshot().Running);
        Assert.Null(bench.Assignment.Position);
    }

    [Fact]
    public void The_events_of_a_batch_count_as_running_and_the_oldest_of_them_can_be_stuck()
    {
        var bench = AssignmentBench.OfBatches(3, Wait);
        Append(bench, "a", "a", "b");
        bench.StartBatches();
        bench.Time.Advance(TimeSpan.FromMinutes(1));

        var snapshot = bench.Assignment.GetSnapshot();

        Assert.Equal((3, 0L, TimeSpan.FromMinutes(1)), (snapshot.Running, snapshot.OldestRunningOffset, snapshot.OldestRunning));
    }

    private static void Append(AssignmentBench bench, params string[] keys) => Append(bench, 0, keys);

    private static void Append(AssignmentBench bench, long first, params string[] keys)
    {
        foreach (var key in keys)
        {
            bench.Append(first++, key, Value);
        }
    }
}
