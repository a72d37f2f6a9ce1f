using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>Records that wait for their time: never early, never stuck, and nobody else waits with them.</summary>
public class PartitionAssignmentDueTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_record_starts_when_it_is_due_and_not_before()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: 5 * Second);
        Assert.Empty(bench.StartAll());

        bench.Time.Advance((5 * Second) - Millisecond);
        Assert.Empty(bench.StartAll());

        bench.Time.Advance(Millisecond);
        Assert.Equal([0], bench.StartAll());
        bench.Finish(0);
        Assert.Equal(1, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void What_is_due_already_or_has_no_due_time_starts_at_once()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: TimeSpan.Zero);
        bench.Append(1, due: -Second);
        bench.Append(2);

        Assert.Equal([0, 1, 2], bench.StartAll());
    }

    [Fact]
    public void Without_an_order_records_start_in_the_order_of_their_times()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: 3 * Second);
        bench.Append(1, due: Second);
        bench.Append(2, due: 2 * Second);
        var started = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            bench.Time.Advance(Second);
            started.AddRange(bench.StartAll());
        }

        Assert.Equal([1, 2, 0], started);

        // The position moves once the oldest is finished, whatever of the others was before.
        bench.Finish(1);
        bench.Finish(2);
        Assert.Equal(0, bench.Assignment.Position!.Value.Offset);
        bench.Finish(0);
        Assert.Equal(3, bench.Assignment.Position!.Value.Offset);
    }

    [Fact]
    public void In_key_order_a_record_waits_behind_one_of_its_key_and_other_keys_do_not()
    {
        var bench = new AssignmentBench(OrderingMode.Key);
        bench.Append(0, "a", due: 2 * Second);
        bench.Append(1, "a", due: Second);
        bench.Append(2, "b", due: Second);
        bench.Time.Advance(Second);
        Assert.Equal([2], bench.StartAll());

        bench.Time.Advance(Second);
        Assert.Equal([0], bench.StartAll());
        Assert.Equal([1], bench.Finish(0));
    }

    [Fact]
    public void In_partition_order_the_partition_waits()
    {
        var bench = new AssignmentBench(OrderingMode.Partition);
        bench.Append(0, due: Second);
        bench.Append(1, due: 3 * Second);
        bench.Append(2, due: 3 * Second);
        bench.Time.Advance(Second);
        Assert.Equal([0], bench.StartAll());

        // The worker that goes on with the lane finds that its next record must wait.
        Assert.Empty(bench.Finish(0));
        Assert.Empty(bench.StartAll());
        bench.Time.Advance(2 * Second);
        Assert.Equal([1], bench.StartAll());
        Assert.Equal([2], bench.Finish(1));
    }

    [Fact]
    public void A_lane_that_had_its_turn_waits_too()
    {
        var bench = new AssignmentBench(OrderingMode.Partition);
        bench.Append(0, due: Second);
        bench.Append(1, due: 2 * Second);
        bench.Time.Advance(Second);
        bench.StartAll();

        Assert.Empty(bench.Finish(0, mayContinue: false));
        Assert.Empty(bench.StartAll());
        bench.Time.Advance(Second);
        Assert.Equal([1], bench.StartAll());
    }

    [Fact]
    public void What_waits_is_counted_and_is_neither_running_nor_a_position_that_stands_still()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        for (var offset = 0; offset < 4; offset++) bench.Append(offset, due: offset * 10 * Second);
        bench.StartAll();
        bench.Finish(0);
        bench.Time.Advance(9 * Second);
        bench.Assignment.NoteProgress();

        var snapshot = bench.Assignment.GetSnapshot();

        Assert.Equal((3, 3, 0), (snapshot.Held, snapshot.Waiting, snapshot.Running));
        Assert.Null(snapshot.OldestRunning);
        Assert.Equal(TimeSpan.Zero, snapshot.PositionAge);

        // The client knows of ten records: seven lie behind one that waits, and wait longer.
        Assert.Equal((9L, 0L), (snapshot.Lag(10), snapshot.DueLag(10)));

        // The poll thread looks a few times a second.
        bench.Time.Advance(Second - Millisecond);
        bench.Assignment.NoteProgress();
        bench.Time.Advance(Millisecond);
        snapshot = bench.Assignment.GetSnapshot();
        Assert.Equal((2, 1L), (snapshot.Waiting, snapshot.DueLag(10)));

        // Once it is due it is work, and standing still is told.
        bench.Assignment.NoteProgress();
        bench.Time.Advance(5 * Second);
        Assert.Equal((5 * Second) + Millisecond, bench.Assignment.GetSnapshot().PositionAge);

        bench.Time.Advance(15 * Second);
        Assert.Equal((0, 9L), (bench.Assignment.GetSnapshot().Waiting, bench.Assignment.GetSnapshot().DueLag(10)));
    }

    [Fact]
    public void A_drain_neither_waits_for_what_is_not_due_nor_starts_it()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: Second);
        bench.Append(1, due: TimeSpan.Zero);
        bench.Append(2, due: TimeSpan.Zero);
        Assert.Equal([1, 2], bench.StartAll());

        bench.BeginDrain(includeBuffered: true);
        bench.Finish(2);
        Assert.False(bench.Assignment.IsDrained);
        bench.Finish(1);

        Assert.True(bench.Assignment.IsDrained);
        bench.Time.Advance(2 * Second);
        Assert.Empty(bench.StartAll());
        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(0, bench.Assignment.Fence()!.Value.Offset);
    }

    [Fact]
    public void What_a_drain_sets_free_waits_no_more_and_is_not_started_early()
    {
        var bench = new AssignmentBench(OrderingMode.Partition);
        bench.Append(0, due: TimeSpan.Zero);
        bench.Append(1, due: Second);
        bench.StartAll();
        bench.BeginDrain(includeBuffered: true);

        Assert.Empty(bench.Finish(0));

        Assert.True(bench.Assignment.IsDrained);
        Assert.Equal(1, bench.Assignment.Fence()!.Value.Offset);
    }

    [Fact]
    public void After_its_end_nothing_of_an_assignment_starts()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: Second);
        bench.Assignment.Fence();

        bench.Time.Advance(2 * Second);

        Assert.Empty(bench.StartAll());
        Assert.Equal(0, bench.Assignment.GetSnapshot().Waiting);
    }

    [Fact]
    public void What_is_due_during_a_pause_by_the_user_starts_after_it()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: Second);
        bench.Assignment.SetHeld(true);
        bench.Time.Advance(Second);
        Assert.Empty(bench.StartAll());

        bench.Assignment.SetHeld(false);

        Assert.Equal([0], bench.StartAll());
    }

    [Fact]
    public void What_waits_does_not_count_against_the_replay_bound_but_is_one_of_its_ends()
    {
        var bench = new AssignmentBench(OrderingMode.None, maxReplay: 2);
        bench.Append(0, due: Second);
        bench.Append(1, due: TimeSpan.Zero);
        bench.Append(2, due: TimeSpan.Zero);
        Assert.Equal([1], bench.StartAll());
        bench.Finish(1);

        // 2 is two above the oldest unfinished one, which waits: it is started when that one is done.
        Assert.Empty(bench.StartAll());
        bench.Time.Advance(Second);
        Assert.Equal([0], bench.StartAll());
        bench.Finish(0);
        Assert.Equal([2], bench.StartAll());
    }

    [Fact]
    public void A_stopped_partition_that_is_retried_goes_on_with_what_was_due_meanwhile()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: TimeSpan.Zero);
        bench.Append(1, due: Second);
        bench.StartAll();
        bench.Finish(0, ProcessingResult.Stopped(1, new InvalidOperationException("poison")));
        bench.Time.Advance(Second);
        Assert.Empty(bench.StartAll());

        bench.Assignment.Retry();

        Assert.Equal([0, 1], bench.StartAll().Order());
    }

    [Fact]
    public void A_batch_has_only_what_is_due_and_waits_from_then_on()
    {
        byte[] value = [1];
        var bench = AssignmentBench.OfBatches(10, 5 * Second);
        bench.Append(0, "a", value, due: Second);
        bench.Append(1, "b", value, due: Second);
        bench.Append(2, "a", value, due: 20 * Second);
        bench.Time.Advance(Second);
        Assert.Empty(bench.StartBatches());

        bench.Time.Advance(5 * Second);
        Assert.Equal([0L, 1L], Assert.Single(bench.StartBatches()));
        bench.FinishBatch(0);
        Assert.Empty(bench.StartBatches());

        bench.Time.Advance(14 * Second);
        Assert.Empty(bench.StartBatches());
        bench.Time.Advance(5 * Second);
        Assert.Equal([2L], Assert.Single(bench.StartBatches()));
    }

    [Fact]
    public void A_record_passed_over_is_finished_where_it_stands()
    {
        var bench = new AssignmentBench(OrderingMode.None);
        bench.Append(0, due: TimeSpan.Zero);
        bench.StartAll();

        Assert.Equal(AppendResult.Taken, bench.Assignment.PassOver(Record(1)));
        bench.Append(2, due: TimeSpan.Zero);
        Assert.Equal(0, bench.Assignment.Position!.Value.Offset);
        bench.Finish(0);

        Assert.Equal(2, bench.Assignment.Position!.Value.Offset);
        Assert.Equal(AppendResult.WentBack, bench.Assignment.PassOver(Record(1)));
        bench.Assignment.Fence();
        Assert.Equal(AppendResult.Taken, bench.Assignment.PassOver(Record(3)));
    }

    private static ConsumedRecord Record(long offset) => new() { Topic = AssignmentBench.Id.Topic, Partition = AssignmentBench.Id.Partition, Offset = offset, TimestampMs = 0 };
}
