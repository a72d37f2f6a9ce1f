using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>What stands in the lanes of a partition that parks: which event runs when, and what of it is in the log.</summary>
public sealed class ParkedLanesTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    private readonly ParkingBench _bench = new();

    [Fact]
    public async Task A_failed_event_is_parked_and_its_offset_passes_once_that_is_acknowledged()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.Append(1, "b");
        Assert.Equal([0, 1], owner.StartAll());
        _bench.Log.Hold = new TaskCompletionSource();
        owner.Finish(1);

        var parking = owner.ParkAsync(0, 0, Delay);

        Assert.Equal(0, owner.Assignment.Position!.Value.Offset);
        _bench.Log.Hold.SetResult();
        await parking;
        Assert.Equal(2, owner.Assignment.Position!.Value.Offset);
        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Parked], _bench.Log.Kinds);
    }

    [Fact]
    public async Task It_runs_again_when_it_is_due_and_is_done_when_it_is_handled()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);

        owner.Time.Advance(Delay - TimeSpan.FromMilliseconds(1));
        Assert.Empty(owner.StartAll());
        owner.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([0], owner.StartAll());

        var origin = owner.RecordOf(0).Origin!;
        Assert.Equal((0L, 1, 0), (origin.Offset, origin.Attempts, origin.Step));
        owner.Finish(0);
        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Parked, ParkedEntryKind.Done], _bench.Log.Kinds);
        Assert.Equal(new EntryId(0, 1), _bench.Log.Entries.Last().About);
        Assert.Equal(0, owner.Assignment.GetSnapshot().Parking!.Entries);
    }

    /// <summary>Lanes are used again: what one has known of an event without a key says nothing of the key that it is for next.</summary>
    [Fact]
    public async Task It_runs_again_in_a_lane_that_was_used_for_an_event_without_a_key()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        owner.Append(1, null);
        Assert.Equal([1], owner.StartAll());
        owner.Finish(1);

        owner.Time.Advance(Delay);

        Assert.Equal([0], owner.StartAll());
    }

    /// <summary>Nothing holds it behind its source record, which may wait for others: the two have no lane in common.</summary>
    [Fact]
    public async Task An_event_without_a_key_that_is_done_before_its_source_record_has_its_turn_is_not_handled_again()
    {
        _bench.Options.MaxReplay = 1;
        var first = _bench.Open(1);
        first.Append(1, null);
        first.StartAll();
        await first.ParkAsync(1, 0, Delay);
        ParkingBench.Crash(first);

        var next = _bench.Open(0);
        next.Append(0, "a");
        next.Append(1, null);
        Assert.Equal([0], next.StartAll());
        next.Time.Advance(Delay);
        Assert.Equal([1], next.StartAll());
        next.Finish(1);
        Assert.Equal(ParkedEntryKind.Done, _bench.Log.Kinds.Last());

        next.Finish(0);
        Assert.Empty(next.StartAll());
        Assert.Equal(2, next.Assignment.Position!.Value.Offset);

        next.Append(2, null);
        Assert.Equal([2], next.StartAll());
    }

    [Fact]
    public async Task Later_events_of_its_key_are_parked_behind_it_untried_while_other_keys_go_on()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);

        owner.Append(1, "a");
        owner.Append(2, "b");
        owner.Append(3, "a");

        Assert.Equal([2], owner.StartAll());
        owner.Finish(2);
        owner.StartAll();
        Assert.Equal(4, owner.Assignment.Position!.Value.Offset);
        Assert.Equal([0L, 1L, 3L], _bench.Log.Entries.Where(static entry => entry.Kind == ParkedEntryKind.Parked).Select(static entry => entry.OriginalOffset));
        Assert.Equal(-1, _bench.Log.Entries.Last().StepIndex);
    }

    [Fact]
    public async Task When_the_first_is_handled_those_behind_it_run_in_their_order_each_after_the_one_before()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        owner.Append(1, "a");
        owner.Append(2, "a");
        owner.StartAll();

        owner.Time.Advance(Delay);

        Assert.Equal([0], owner.StartAll());
        Assert.Equal([1], owner.Finish(0));
        Assert.Equal([2], owner.Finish(1));
        Assert.Empty(owner.Finish(2));
        owner.Append(3, "a");
        Assert.Equal([3], owner.StartAll());
        Assert.Null(owner.RecordOf(3).Origin);
    }

    [Fact]
    public async Task A_backlog_runs_no_further_ahead_of_its_markers_than_may_run_again()
    {
        _bench.Options.MaxReplay = 2;
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        for (var offset = 1; offset <= 4; offset++)
        {
            owner.Append(offset, "a");
            owner.StartAll();
        }

        _bench.Log.Hold = new TaskCompletionSource();
        owner.Time.Advance(Delay);

        Assert.Equal([0], owner.StartAll());
        Assert.Equal([1], owner.Finish(0));
        Assert.Empty(owner.Finish(1));
        _bench.Log.Hold.SetResult();
        Assert.Equal([2], owner.StartAll());
        Assert.Equal([3], owner.Finish(2));
        Assert.Equal([4], owner.Finish(3));
        Assert.Empty(owner.Finish(4));
        Assert.Equal(5, _bench.Log.Kinds.Count(static kind => kind is ParkedEntryKind.Done));
    }

    [Fact]
    public async Task A_key_counts_as_parked_until_the_marker_of_its_last_event_is_acknowledged()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        owner.Time.Advance(Delay);
        owner.StartAll();
        _bench.Log.Hold = new TaskCompletionSource();
        owner.Finish(0);

        owner.Append(1, "a");

        Assert.Empty(owner.StartAll());
        _bench.Log.Hold.SetResult();
        Assert.Equal([1], owner.StartAll());
    }

    [Fact]
    public async Task One_that_fails_again_waits_in_its_next_step_and_keeps_those_behind_it_waiting()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        owner.Append(1, "a");
        owner.StartAll();
        owner.Time.Advance(Delay);
        owner.StartAll();

        Assert.Empty(await owner.ParkAsync(0, 1, Delay * 2));
        Assert.Empty(owner.StartAll());
        owner.Time.Advance(Delay * 2);

        Assert.Equal([0], owner.StartAll());
        Assert.Equal((2, 1), (owner.RecordOf(0).Origin!.Attempts, owner.RecordOf(0).Origin!.Step));
    }

    [Fact]
    public async Task A_record_that_waits_long_does_not_delay_another_key_that_is_due_soon()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.Append(1, "b");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.FromMinutes(10));
        await owner.ParkAsync(1, 0, Delay);

        owner.Time.Advance(Delay);

        Assert.Equal([1], owner.StartAll());
    }

    [Fact]
    public void Nothing_starts_before_the_index_is_complete()
    {
        var proof = new TaskCompletionSource<bool>();
        _bench.Prove = () => proof.Task;
        var owner = _bench.Open(0);
        owner.Append(0, "a");

        Assert.Empty(owner.StartAll());
        proof.SetResult(true);

        Assert.Equal([0], owner.StartAll());
        Assert.Equal(0, owner.RecordOf(0).FencingToken);
    }

    [Fact]
    public async Task The_next_owner_goes_on_with_the_step_where_it_was_and_takes_the_replayed_copy_for_done()
    {
        var first = _bench.Open(0);
        first.Append(0, "a");
        first.StartAll();
        await first.ParkAsync(0, 1, Delay);
        ParkingBench.Crash(first);

        var next = _bench.Open(0);
        next.Append(0, "a");
        next.StartAll();

        Assert.Equal(1, next.Assignment.Position!.Value.Offset);
        next.Time.Advance(Delay);
        Assert.Equal([0], next.StartAll());
        Assert.Equal((1, 1), (next.RecordOf(0).Origin!.Attempts, next.RecordOf(0).Origin!.Step));
        Assert.True(next.RecordOf(0).FencingToken > first.RecordOf(0).FencingToken);
    }

    [Theory]
    [InlineData(ParkingRules.All)]
    [InlineData(ParkingRules.All & ~ParkingRules.WaitForSourceCopy)]
    internal async Task A_parked_event_waits_until_the_source_was_read_up_to_it_since_an_earlier_one_may_come_from_there(ParkingRules rules)
    {
        var first = _bench.Open(0);
        first.Append(0, "a");
        first.Append(1, "a");
        first.StartAll();
        first.Finish(0);
        await first.ParkAsync(1, 0, TimeSpan.Zero);
        ParkingBench.Crash(first);

        // The position was not committed: the event before it is replayed, and must be handled before it again.
        var next = _bench.Open(0, rules);
        if (rules != ParkingRules.All)
        {
            Assert.Equal([1], next.StartAll());
            return;
        }

        Assert.Empty(next.StartAll());
        next.Append(0, "a");
        next.StartAll();
        Assert.Equal(1, next.Assignment.Position!.Value.Offset);
        Assert.Equal(3, _bench.Log.Kinds.Count(static kind => kind == ParkedEntryKind.Parked) + 1);
        next.Append(1, "a");
        Assert.Equal([0], next.StartAll());
        Assert.Empty(next.Finish(0));
        Assert.Equal([1], next.StartAll());
    }

    [Fact]
    public async Task Where_the_source_ends_below_a_parked_event_it_has_no_copy_there_and_waits_no_longer()
    {
        var first = _bench.Open(0);
        first.Append(7, "a");
        first.StartAll();
        await first.ParkAsync(7, 0, TimeSpan.Zero);
        ParkingBench.Crash(first);

        var next = _bench.Open(0);
        Assert.Empty(next.StartAll());
        Assert.True(next.Assignment.ReachEnd(3));

        Assert.Equal([7], next.StartAll());
    }

    [Fact]
    public async Task At_the_bound_the_source_waits_but_what_is_parked_goes_on_and_makes_room()
    {
        _bench.Options.MaxParkedEvents = 2;
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.Append(1, "b");
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        await owner.ParkAsync(1, 0, Delay);
        owner.Append(2, "c");
        owner.Append(3, "a");

        Assert.Empty(owner.StartAll());
        Assert.True(owner.Assignment.GetSnapshot().Parking!.IsAtBound);
        owner.Time.Advance(Delay);
        Assert.Equal([0, 1], owner.StartAll());
        owner.Finish(0);
        owner.Finish(1);

        Assert.Equal([2, 3], owner.StartAll().Order());
    }

    [Theory]
    [InlineData(ParkingRules.All)]
    [InlineData(ParkingRules.All & ~ParkingRules.BoundLetsReplayThrough)]
    internal async Task At_the_bound_what_a_parked_event_waits_for_is_let_through(ParkingRules rules)
    {
        _bench.Options.MaxParkedEvents = 1;
        var first = _bench.Open(0);
        first.Append(0, "a");
        first.Append(1, "a");
        first.StartAll();
        first.Finish(0);
        await first.ParkAsync(1, 0, TimeSpan.Zero);
        ParkingBench.Crash(first);

        var next = _bench.Open(0, rules);
        next.Append(0, "a");
        next.Append(1, "a");
        var started = next.StartAll();
        started.AddRange(next.StartAll());

        if (rules == ParkingRules.All)
        {
            Assert.Equal([0], started);
            Assert.Equal([1], next.Finish(0));
        }
        else
        {
            Assert.Empty(started);
        }
    }

    [Fact]
    public async Task Events_without_a_key_are_parked_and_retried_on_their_own()
    {
        var owner = _bench.Open(0);
        owner.Append(0);
        owner.Append(1);
        owner.StartAll();
        await owner.ParkAsync(0, 0, Delay);
        await owner.ParkAsync(1, 0, Delay * 2);
        owner.Append(2);
        Assert.Equal([2], owner.StartAll());

        owner.Time.Advance(Delay);

        Assert.Equal([0], owner.StartAll());
        owner.Time.Advance(Delay);
        Assert.Equal([1], owner.StartAll());
        owner.Finish(0);
        owner.Finish(1);
        Assert.Equal(0, owner.Assignment.GetSnapshot().Parking!.Entries);
    }

    [Theory]
    [InlineData(ParkingRules.All, 1)]
    [InlineData(ParkingRules.All & ~ParkingRules.KeepReadingTheTail, 0)]
    internal void What_a_person_puts_back_is_seen_and_run(ParkingRules rules, int runs)
    {
        var owner = _bench.Open(10, rules);

        _bench.Log.Land(new ParkedEntry
        {
            Kind = ParkedEntryKind.Redrive,
            Key = "a"u8.ToArray(),
            Value = [1],
            OriginalPartition = new PartitionId("orders", 0),
            OriginalOffset = 3,
            Redriven = 1,
        });

        var started = owner.StartAll();
        Assert.Equal(runs, started.Count);
        if (runs > 0)
        {
            Assert.Equal(1, owner.RecordOf(3).Origin!.Redriven);
            owner.Finish(3);
            Assert.Equal(EntryId.OfRedrive(1), _bench.Log.Entries.Last().About);
        }
    }

    [Fact]
    public async Task A_step_that_is_not_acknowledged_is_not_followed_by_an_attempt()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.Zero);
        owner.StartAll();
        _bench.Log.Hold = new TaskCompletionSource();

        var stepping = owner.ParkAsync(0, 1, TimeSpan.Zero);

        Assert.Empty(owner.StartAll());
        Assert.False(stepping.IsCompleted);
        _bench.Log.Hold.SetResult();
        await stepping;
        Assert.Equal([0], owner.StartAll());
    }

    [Fact]
    public async Task Without_that_rule_it_is()
    {
        var owner = _bench.Open(0, ParkingRules.All & ~ParkingRules.StepBeforeAttempt);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.Zero);
        owner.StartAll();
        _bench.Log.Hold = new TaskCompletionSource();

        await owner.ParkAsync(0, 1, TimeSpan.Zero);

        Assert.Equal([0], owner.StartAll());
    }

    [Fact]
    public async Task A_drain_waits_for_appends_in_flight_and_starts_nothing_that_is_parked()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.Zero);
        owner.StartAll();
        owner.Append(1, "a");
        _bench.Log.Hold = new TaskCompletionSource();

        owner.BeginDrain();
        Assert.Empty(owner.Finish(0));

        Assert.False(owner.Assignment.IsDrained);
        _bench.Log.Hold.SetResult();
        owner.StartAll();
        Assert.True(owner.Assignment.IsDrained);
        Assert.True(owner.Drained > 0);
    }

    [Fact]
    public async Task Once_it_is_lost_nothing_more_is_written_and_what_waited_is_left_unfinished()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        _bench.Log.Hold = new TaskCompletionSource();
        var parking = owner.ParkAsync(0, 0, TimeSpan.Zero);

        ParkingBench.Crash(owner);
        await parking;
        _bench.Log.Hold.SetResult();

        Assert.Equal([ParkedEntryKind.Claim], _bench.Log.Kinds);
        Assert.Null(owner.Assignment.Position);
    }

    [Fact]
    public async Task A_stopped_partition_tries_the_parked_event_again_that_has_failed_for_good()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.Zero);
        owner.StartAll();

        owner.Finish(0, ProcessingResult.Stopped(2, new InvalidOperationException("poison")));
        owner.Append(1, "b");

        Assert.Equal(0, owner.Assignment.StoppedAt!.Offset);
        Assert.Empty(owner.StartAll());
        owner.Assignment.Retry();
        Assert.Equal([0, 1], owner.StartAll().Order());
    }
}
