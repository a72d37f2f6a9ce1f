using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Tests;

/// <summary>The oracle is right about a run in which all was well, and finds what is tampered with.</summary>
public sealed class OracleTests
{
    private const int Each = 30;

    [Fact]
    public void A_run_with_a_crash_a_hand_over_and_dead_letters_is_clean_when_nothing_is_tampered_with()
    {
        var verdict = ChaosOracle.Judge(Sound().Build());

        Assert.Empty(verdict.Violations);
        Assert.Equal(2 * Each, verdict.Events);
        Assert.Equal(4, verdict.Duplicates);
        Assert.InRange(verdict.Duplicates, 0, verdict.DuplicateBound);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, Each - 1)]
    [InlineData(1, 17)]
    public void An_event_that_is_lost_is_found(int partition, long offset) =>
        Finds("I1", "Lost", Sound().Build().WithoutRuns(partition, offset));

    [Fact]
    public void Two_events_of_a_key_that_are_swapped_are_found() =>
        Finds("I2", "Out of order within an assignment", Sound().Build().Swapped("w2", 0, 15, 18));

    [Fact]
    public void Two_events_of_different_keys_that_are_swapped_are_none_of_its_business() =>
        Assert.Empty(ChaosOracle.Judge(Sound().Build().Swapped("w2", 0, 15, 16)).Violations);

    [Fact]
    public void The_same_two_are_found_where_the_partition_is_in_order() =>
        Finds("I2", "Out of order", InPartitionOrder().Build().Swapped("w1", 0, 15, 16));

    [Fact]
    public void A_finished_event_that_runs_again_without_the_later_ones_of_its_key_is_found() =>
        Finds("I2", "is not the last of its order", Sound().Handle("w2", 0, 9).Build());

    [Fact]
    public void So_it_is_where_a_later_one_runs_behind_it_and_those_between_do_not() =>
        Finds("I2", "not handled again", Sound().Handle("w2", 0, 9).Handle("w2", 0, 27).Build());

    [Fact]
    public void A_suffix_that_runs_again_behind_a_crash_is_none()
    {
        var history = Sound(isCommitted: false).Fault(FaultReach.Death, "w2").Assign("w4", 0).HandleAll("w4", 0, 21, Each).Build();

        Assert.Empty(ChaosOracle.Judge(history).Violations);
    }

    [Fact]
    public void Two_events_of_a_key_at_once_are_found() =>
        Finds("I2", "before the one before it had ended", new Scenario().Write(0, 0, "a", 1).Write(0, 1, "a", 2).Assign("w1", 0)
            .Start("w1", 0, 0).Start("w1", 0, 1).End("w1", "handled", 0, 0).End("w1", "handled", 0, 1).Build());

    [Fact]
    public void A_zombie_behind_a_hand_over_that_no_fault_explains_is_found() =>
        Finds("I3", "had lost the partition to w2", Zombie(isFrozen: false));

    [Fact]
    public void A_zombie_that_was_frozen_is_excused_and_counts_for_no_order()
    {
        var verdict = ChaosOracle.Judge(Zombie(isFrozen: true));

        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.ZombieRuns);
    }

    [Fact]
    public void What_a_zombie_starts_just_behind_its_loss_counts_for_no_order_either()
    {
        var scenario = new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 2).Wait(10).Assign("w2", 0).HandleAll("w2", 0, 2, 5);

        var verdict = ChaosOracle.Judge(scenario.Fault(FaultReach.Freeze, "w1", ago: 10).Lose("w1", 0).Handle("w1", 0, 2).Handle("w2", 0, 5).Build());

        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.ZombieRuns);
    }

    [Fact]
    public void What_a_frozen_member_had_finished_before_is_in_the_bound_though_its_successor_commits()
    {
        var scenario = new Scenario().WithEvents(60).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 60).HandleAll("w1", 0, 0, 60).Commit(0, 0).Wait(10).Assign("w2", 0)
            .HandleAll("w2", 0, 0, 60).Commit(0, 60);

        Assert.Empty(ChaosOracle.Judge(scenario.Wait(1).Fault(FaultReach.Freeze, "w1", ago: 11).Lose("w1", 0).Build()).Violations);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 12)]
    public void A_parked_event_that_runs_again_counts_for_the_bound_only_where_its_marker_was_written(bool isMarked, int counted)
    {
        var scenario = new Scenario { Service = Parks with { MaxReplay = 0 } };
        for (var offset = 0; offset < 12; offset++)
        {
            scenario.Write(0, offset, "a", offset + 1);
        }

        scenario.Assign("w1", 0);
        for (var offset = 0; offset < 12; offset++)
        {
            scenario.HandOver(HandOverKind.Parked, 0, offset, "parked", offset).Handle("w1", 0, offset, token: 3);
            _ = isMarked ? scenario.HandOver(HandOverKind.Done, 0, offset, "parked", 100 + offset) : scenario;
        }

        var history = scenario.Wait(10).Commit(0, 0).Commit(0, 12).Wait(10).Fault(FaultReach.Death, "w1").Assign("w2", 0).HandleAll("w2", 0, 0, 12, token: 4).Build();

        var verdict = ChaosOracle.Judge(history);
        Assert.Equal(12 - counted, verdict.Unmarked);
        Assert.Equal(isMarked, verdict.Violations.Exists(static violation => violation.Invariant == "I5"));
    }

    [Fact]
    public void A_start_by_one_that_has_given_the_partition_up_is_found() =>
        Finds("I3", "does not own the partition", Sound().Handle("w2", 1, Each - 2).Build());

    [Fact]
    public void A_commit_above_what_is_finished_is_found()
    {
        var scenario = new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 3);
        var tooEarly = scenario.Now;

        Finds("I3", "was committed up to 4", scenario.Wait(1).HandleAll("w1", 0, 3, 6).Commit(0, 6).Build().WithPosition(0, 4, tooEarly));
    }

    [Fact]
    public void A_commit_that_passes_a_failed_event_before_its_hand_over_is_found()
    {
        var scenario = new Scenario().Write(0, 0, "a", 1, fails: 9).Assign("w1", 0).Fail("w1", 0, 0);

        Finds("I4", "when 0 was not handed over", scenario.Commit(0, 1).Wait(1).HandOver(HandOverKind.DeadLetter, 0, 0, "dlq", 0).Build());
    }

    [Fact]
    public void A_commit_that_goes_back_is_found_and_is_counted_where_its_coordinator_was_away()
    {
        Finds("I3", "went back from 30 to 20", Sound().Commit(0, 20).Build());

        var verdict = ChaosOracle.Judge(Sound().Fault(FaultReach.Broker, "broker 1", ago: 1).Commit(0, 20).Commit(0, 30).Build());
        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.LateCommits);
    }

    [Fact]
    public void A_retry_topic_that_is_committed_before_its_event_is_finished_is_found()
    {
        var service = new JudgedService { Name = "billing", Topic = Scenario.Topic, ReadsRetryTopics = true, Attempts = 3 };
        var scenario = new Scenario { Service = service }.Write(0, 0, "a", 1, fails: 1).Assign("w1", 0).Fail("w1", 0, 0).HandOver(HandOverKind.Retry, 0, 0, "retry-5s", 0);

        Finds("I3", "when 0 was not finished", scenario.Commit(0, 1, "retry-5s").Wait(1).Handle("w1", 0, 0, attempt: 2).Build());
    }

    [Fact]
    public void A_duplicate_behind_a_clean_hand_over_is_found() =>
        Finds("I5", "after a clean hand-over", new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).Revoke("w1", 0)
            .Assign("w2", 0).HandleAll("w2", 0, 3, 6).Build());

    [Fact]
    public void What_a_zombie_repeats_of_its_successor_is_excused_where_a_freeze_explains_it_though_the_successor_hands_over_cleanly()
    {
        var verdict = ChaosOracle.Judge(Repeated(isFrozen: true));
        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.ZombieRuns);

        Finds("I5", "after a clean hand-over", Repeated(isFrozen: false));

        static History Repeated(bool isFrozen)
        {
            var service = new JudgedService { Name = "billing", Topic = Scenario.Topic, ReadsRetryTopics = true, MaxReplay = 10, Attempts = 3 };
            return BehindItsSuccessor(new Scenario { Service = service }, isFrozen).Revoke("w2", 0).Build();
        }
    }

    [Fact]
    public void A_client_that_goes_back_while_a_broker_is_away_is_told_and_counted_apart()
    {
        var before = new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).Commit(0, 6).Revoke("w1", 0).Wait(30);

        var verdict = ChaosOracle.Judge(before.Fault(FaultReach.Broker, "broker 1").Assign("w2", 0).GoBack("w2", 0).HandleAll("w2", 0, 0, 6).Build());

        Assert.Empty(verdict.Violations);
        Assert.Equal(6, verdict.WentBack);
    }

    [Fact]
    public void One_that_goes_back_while_nothing_is_wrong_is_found() =>
        Finds("I5", "below the committed offset, 6", new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).Commit(0, 6).Wait(1)
            .Revoke("w1", 0).Assign("w2", 0).GoBack("w2", 0).HandleAll("w2", 0, 0, 6).Build());

    [Fact]
    public void So_is_one_below_the_committed_offset() =>
        Finds("I5", "below the committed offset, 6", new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).Commit(0, 6).Wait(2)
            .Fault(FaultReach.Death, "w1").Assign("w2", 0).HandleAll("w2", 0, 3, 6).Build());

    [Fact]
    public void But_not_where_an_operator_put_the_group_back() =>
        Assert.Empty(ChaosOracle.Judge(new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).Commit(0, 6).Revoke("w1", 0)
            .Reset(0, 3).Commit(0, 3).Assign("w2", 0).HandleAll("w2", 0, 3, 6).Build()).Violations);

    [Fact]
    public void Nor_where_somebody_looked_while_the_operator_did_it() =>
        Assert.Empty(ChaosOracle.Judge(new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).Commit(0, 6).Revoke("w1", 0)
            .Reset(0, 3, seen: 6).Commit(0, 3).Assign("w2", 0).HandleAll("w2", 0, 3, 6).Build()).Violations);

    [Fact]
    public void Nor_where_what_nobody_can_decode_stood_below_it() =>
        Assert.Empty(ChaosOracle.Judge(new Scenario().Write(0, 0, "a", 1, isReadable: false).Write(0, 1, "b", 1).Assign("w1", 0).Handle("w1", 0, 1).Revoke("w1", 0)
            .Assign("w2", 0).HandOver(HandOverKind.DeadLetter, 0, 0, "letters", 0).Handle("w2", 0, 1).Build()).Violations);

    [Fact]
    public void But_where_that_was_put_aside_before() =>
        Finds("I5", "after a clean hand-over", new Scenario().Write(0, 0, "a", 1, isReadable: false).Write(0, 1, "b", 1).Assign("w1", 0)
            .HandOver(HandOverKind.DeadLetter, 0, 0, "letters", 0).Handle("w1", 0, 1).Revoke("w1", 0).Assign("w2", 0).Handle("w2", 0, 1).Build());

    [Fact]
    public void An_assignment_that_a_member_hears_of_too_late_and_begins_nothing_in_makes_nobody_a_zombie()
    {
        var verdict = ChaosOracle.Judge(new Scenario().WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 2)
            .Assign("w2", 0).Lose("w2", 0).HandleAll("w1", 0, 2, 4).Revoke("w1", 0).Assign("w2", 0).HandleAll("w2", 0, 4, 6).Build());

        Assert.Empty(verdict.Violations);
        Assert.Equal(0, verdict.ZombieRuns);
    }

    [Fact]
    public void Nor_where_a_broker_went_before_the_last_commit_was_answered() =>
        Assert.Empty(ChaosOracle.Judge(new Scenario().WithEvents(3).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 3).HandleAll("w1", 0, 0, 3).Revoke("w1", 0)
            .Wait(0.5).Fault(FaultReach.Broker, "1").Assign("w2", 0).HandleAll("w2", 0, 0, 3).Build()).Violations);

    [Fact]
    public void Nor_where_the_last_commit_of_a_stop_got_no_answer()
    {
        var verdict = ChaosOracle.Judge(new Scenario().WithEvents(3).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 3).HandleAll("w1", 0, 0, 3).Revoke("w1", 0).Abandon("w1")
            .Assign("w2", 0).HandleAll("w2", 0, 0, 3).Build());

        Assert.Empty(verdict.Violations);
        Assert.Equal(2, verdict.Abandoned);
    }

    [Fact]
    public void Nor_where_a_lane_was_backing_off_below_it() =>
        Assert.Empty(ChaosOracle.Judge(new Scenario().Write(0, 0, "a", 1, fails: 1).Write(0, 1, "b", 1).Assign("w1", 0).Fail("w1", 0, 0).Handle("w1", 0, 1).Revoke("w1", 0)
            .Assign("w2", 0).Handle("w2", 0, 0).Handle("w2", 0, 1).Build()).Violations);

    [Fact]
    public void More_duplicates_than_a_crash_allows_are_found()
    {
        var scenario = new Scenario().WithEvents(60).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 60).HandleAll("w1", 0, 0, 60).Commit(0, 0).Wait(10).Commit(0, 0).Commit(0, 30).Wait(10);

        // It says that 60 were finished long ago, and 30 of them committed; the replay bound is 10.
        Finds("I5", "30 events ran again", scenario.Fault(FaultReach.Death, "w1").Assign("w2", 0).HandleAll("w2", 0, 30, 60).Build());
    }

    [Fact]
    public void An_event_that_is_handled_twice_in_one_assignment_is_found() =>
        Finds("I5", "twice in one assignment", Sound().Handle("w2", 0, Each - 1).Build());

    [Fact]
    public void An_aborted_event_that_is_handled_is_found() =>
        Finds("I1", "was aborted", Sound().Handle("w2", 0, 77).Build());

    [Fact]
    public void An_event_that_is_put_aside_with_attempts_left_is_found() =>
        Finds("I1", "with attempts left", Sound().HandOver(HandOverKind.DeadLetter, 0, 4, "dlq", 9).Build());

    [Fact]
    public void An_acknowledged_event_that_is_not_in_its_topic_is_found()
    {
        var history = Sound().Build();

        Finds("P", "not there", history with { Receipts = [.. history.Receipts, new Receipt(Scenario.Place(0), 99, "0-a", 99)] });
    }

    [Fact]
    public void An_event_that_is_written_twice_is_found() =>
        Finds("P", "Written twice", new Scenario().Write(0, 0, "a", 1).Write(0, 1, "a", 1).Assign("w1", 0).HandleAll("w1", 0, 0, 2).Build());

    [Fact]
    public void A_parked_event_that_is_not_finished_in_time_is_late_and_not_lost()
    {
        var history = new Scenario { Service = Parks }.Write(0, 0, "a", 1, fails: 1).Assign("w1", 0).Fail("w1", 0, 0, token: 3).HandOver(HandOverKind.Parked, 0, 0, "parked", 1).Build();

        Finds("I1", "Lost", history);
        Assert.Equal(["I6"], ChaosOracle.Judge(history with { Unsettled = ["billing: late"] }).Violations.Select(static violation => violation.Invariant));
    }

    [Fact]
    public void What_is_not_finished_in_time_is_found() =>
        Finds("I6", "orders[0]", Sound().Build() with { Unsettled = ["billing: orders[0] is committed up to 3 of 30."] });

    [Fact]
    public void A_fencing_token_that_two_members_have_is_found() => Finds("I3", "has the fencing token 7 of w1", Parked(second: 7));

    [Fact]
    public void A_fencing_token_that_falls_is_found() =>
        Finds("I3", "below that of an earlier attempt", new Scenario { Service = Parks }.Write(0, 0, "a", 1).Write(0, 1, "a", 2).Assign("w1", 0).Handle("w1", 0, 0, token: 7).Handle("w1", 0, 1, token: 6).Build());

    [Fact]
    public void Attempts_under_an_old_token_count_for_no_order_once_a_new_one_is_there()
    {
        var verdict = ChaosOracle.Judge(Parked(second: 8));

        Assert.Empty(verdict.Violations);
        Assert.Equal(1, verdict.ZombieRuns);
    }

    [Fact]
    public void A_line_that_a_kill_has_cut_off_is_none() =>
        Assert.Equal(["1\tready"], MemberLog.Parse("w1", "1\tready\n2\tsta").Lines);

    [Fact]
    public void An_output_that_holds_each_event_once_is_clean_also_where_handlers_ran_again() => Assert.Empty(ChaosOracle.Judge(Transacted().Build()).Violations);

    [Fact]
    public void An_event_that_is_not_in_the_output_is_found()
    {
        var history = Transacted().Build();

        Finds("X", "not in the output", history with { Outputs = [.. history.Outputs.Where(static output => output.SourceOffset != 4)] });
    }

    [Fact]
    public void One_that_is_there_twice_is_found() => Finds("X", "2 times", Transacted().Output(0, 5).Build());

    [Fact]
    public void But_not_where_an_operator_has_had_it_written_again() =>
        Assert.Empty(ChaosOracle.Judge(Transacted().Commit(0, 6).Reset(0, 5).Commit(0, 5).Output(0, 5).Build()).Violations);

    [Fact]
    public void Output_of_an_aborted_event_is_found() => Finds("X", "aborted", Transacted().Output(0, 77).Build());

    [Fact]
    public void Output_of_an_event_that_was_put_aside_is_found() =>
        Finds("X", "put aside", Transacted().Write(0, 6, "0-a", 3, fails: 9).Fail("w1", 0, 6).HandOver(HandOverKind.DeadLetter, 0, 6, "dlq", 0).Output(0, 6).Build());

    [Fact]
    public void Output_of_a_key_in_another_order_is_found()
    {
        var history = Transacted().Build();

        Finds("X", "behind a later one of its key", history with
        {
            Outputs = [.. history.Outputs.Select(static output => output with { SourceOffset = output.SourceOffset switch { 0 => 3, 3 => 0, var other => other } })],
        });
    }

    /// <summary>A transaction is aborted, so that its events run again in the same assignment; the output holds each once.</summary>
    private static Scenario Transacted()
    {
        var scenario = new Scenario { Service = new JudgedService { Name = "billing", Topic = Scenario.Topic, InKeyOrder = true, WritesOutput = true, MaxReplay = 10, Attempts = 3 } }
            .WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 6).HandleAll("w1", 0, 2, 6);
        for (var offset = 0; offset < 6; offset++)
        {
            scenario.Output(0, offset).Output(1, offset);
        }

        return scenario;
    }

    private static JudgedService Parks => new() { Name = "billing", Topic = Scenario.Topic, InKeyOrder = true, Parks = true, MaxReplay = 10, Attempts = 3 };

    /// <summary>w1 crashes and w2 handles what was not committed again; partition 1 goes on to w3 in a clean hand-over; some fail, some are put aside.</summary>
    private static Scenario Sound(bool isCommitted = true)
    {
        var scenario = HandledAndPutAside().Wait(2);
        return isCommitted ? scenario.Commit(0, Each).Commit(1, Each) : scenario;
    }

    private static Scenario HandledAndPutAside() => new Scenario().WithEvents(Each - 1)
        .Write(0, Each - 1, "0-c", 10).Write(1, Each - 1, "1-c", 10, fails: 9)
        .Assign("w1", 0).Assign("w1", 1)
        .HandleAll("w1", 0, 0, 10).HandleAll("w1", 1, 0, 10).Commit(0, 6).Commit(1, 10)
        .Fault(FaultReach.Death, "w1").Wait(3)
        .Assign("w2", 0).Assign("w2", 1)
        .HandleAll("w2", 0, 6, Each).HandleAll("w2", 1, 10, 20).Revoke("w2", 1)
        .Assign("w3", 1).HandleAll("w3", 1, 20, Each - 1)
        .Fail("w3", 1, Each - 1).Fail("w3", 1, Each - 1, attempt: 2).Fail("w3", 1, Each - 1, attempt: 3).HandOver(HandOverKind.DeadLetter, 1, Each - 1, "dlq", 0);

    private static Scenario InPartitionOrder() => new Scenario { Service = new JudgedService { Name = "billing", Topic = Scenario.Topic, InPartitionOrder = true, MaxReplay = 10, Attempts = 3 } }
        .WithEvents(Each).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 0, 0, Each).HandleAll("w1", 1, 0, Each);

    private static History Zombie(bool isFrozen) => BehindItsSuccessor(new Scenario(), isFrozen).Build();

    /// <summary>w1 handles an event that w2, the next owner, has handled already.</summary>
    private static Scenario BehindItsSuccessor(Scenario scenario, bool isFrozen)
    {
        scenario.WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6).HandleAll("w1", 0, 0, 3).Wait(10).Assign("w2", 0).HandleAll("w2", 0, 3, 6);
        return (isFrozen ? scenario.Fault(FaultReach.Freeze, "w1", ago: 10) : scenario).Handle("w1", 0, 3).Lose("w1", 0);
    }

    /// <summary>The same for one that keeps key order: w1 has the token 7.</summary>
    private static History Parked(long second) => new Scenario { Service = Parks }.WithEvents(6).Assign("w1", 0).Assign("w1", 1).HandleAll("w1", 1, 0, 6, token: 3)
        .HandleAll("w1", 0, 0, 3, token: 7).Wait(10).Assign("w2", 0).HandleAll("w2", 0, 3, 6, token: second).Fault(FaultReach.Freeze, "w1", ago: 10)
        .Handle("w1", 0, 3, token: 7).Lose("w1", 0).Build();

    private static void Finds(string invariant, string text, History history)
    {
        var verdict = ChaosOracle.Judge(history);

        Assert.Contains(verdict.Violations, violation => violation.Invariant == invariant && violation.Text.Contains(text, StringComparison.OrdinalIgnoreCase));
    }
}
