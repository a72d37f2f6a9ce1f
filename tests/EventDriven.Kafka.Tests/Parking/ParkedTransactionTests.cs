using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Tests.Consuming;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Parked events of a consumer with transactions: their markers are taken with what they have produced, and with a position that has passed them.</summary>
public sealed class ParkedTransactionTests
{
    private readonly ParkingBench _bench = new();
    private readonly List<EventOutput> _outputs = [];
    private readonly List<ParkedOutput> _parked = [];

    [Fact]
    public async Task A_parked_event_that_is_handled_is_done_once_its_transaction_is_committed()
    {
        var owner = await ParkedAsync();
        owner.Finish(0);

        Assert.Equal(1, Take(owner));
        var ended = Assert.Single(_parked);
        Assert.Equal((ParkedEntryKind.Done, new EntryId(0, 1), new EntryId(0, 2)), (ended.Marker.Kind, ended.Marker.About, ended.Marker.Id));
        Assert.Equal(1, owner.Assignment.GetSnapshot().Parking!.Entries);

        // Nothing is written beside the transaction.
        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Parked], _bench.Log.Kinds);
        owner.Assignment.Parking!.OnTransactionCommitted();
        Assert.Equal(0, owner.Assignment.GetSnapshot().Parking!.Entries);
        Assert.Null(Take(owner));
    }

    [Fact]
    public async Task Until_a_transaction_is_about_to_be_committed_it_waits()
    {
        var owner = await ParkedAsync();
        Assert.Equal(1, Take(owner));
        owner.Finish(0);

        Assert.Null(Take(owner, commits: false));
        Assert.Empty(_parked);
        Assert.Equal(1, Take(owner));
        Assert.Single(_parked);
    }

    /// <summary>Were its output committed with a position below it, its source record would come again after a crash, and find nothing of it in the index.</summary>
    [Fact]
    public async Task It_runs_again_only_once_every_source_record_up_to_its_own_is_finished()
    {
        var owner = Open();
        owner.Append(0, "slow");
        owner.Append(1, "a");
        owner.Append(2, "b");
        Assert.Equal([0, 1, 2], owner.StartAll());
        await owner.ParkAsync(1, 0, TimeSpan.Zero);
        owner.Finish(2);

        Assert.Empty(owner.StartAll());
        owner.Finish(0);

        Assert.Equal([1], owner.StartAll());
    }

    [Fact]
    public async Task It_runs_again_where_the_log_holds_nothing_any_more_between_the_position_and_what_comes_next()
    {
        var before = Open();
        for (var offset = 0; offset < 3; offset++) before.Append(offset, $"{offset}");
        before.StartAll();
        await before.ParkAsync(2, 0, TimeSpan.Zero);
        ParkingBench.Crash(before);

        var owner = Open();
        Assert.Empty(owner.StartAll());
        owner.Append(10, "later");

        // What was parked as 2 has expired at the source, as has all up to 10.
        Assert.Equal([2, 10], owner.StartAll());
    }

    /// <summary>The bound lets source records through that what is parked waits for.</summary>
    [Fact]
    public async Task At_the_bound_what_lies_below_it_goes_on()
    {
        _bench.Options.MaxParkedEvents = 1;
        var owner = Open();
        owner.Append(0, "waits");
        owner.Append(1, "a");
        owner.Append(2, "above");
        Assert.Equal([0, 1, 2], owner.StartAll());
        await owner.ParkAsync(1, 0, TimeSpan.Zero);
        owner.Finish(2);
        owner.Append(3, "b");
        Assert.Empty(owner.StartAll());

        owner.Finish(0);

        Assert.Equal([1], owner.StartAll());
    }

    [Fact]
    public async Task A_later_event_of_its_key_is_parked_behind_it_until_the_commit_and_flows_after_it()
    {
        var owner = await ParkedAsync();
        owner.Finish(0);
        Take(owner);
        owner.Append(1, "a");
        Assert.Empty(owner.StartAll());

        owner.Assignment.Parking!.OnTransactionCommitted();

        Assert.Equal([1], owner.StartAll());
        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Parked], _bench.Log.Kinds);
    }

    [Fact]
    public async Task The_log_is_claimed_anew_only_while_no_marker_is_in_a_transaction()
    {
        var owner = await ParkedAsync(claimAnewAfter: 2);
        owner.Finish(0);
        Take(owner);

        // Its name is the second of the claim, so that another is due.
        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Parked], _bench.Log.Kinds);
        owner.Assignment.Parking!.OnTransactionCommitted();

        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Parked, ParkedEntryKind.Claim], _bench.Log.Kinds);
        Assert.Equal(2, owner.Assignment.Parking!.Claim);
    }

    /// <summary>It would get the name of a claim that is not the last any more where it lands.</summary>
    [Fact]
    public async Task No_marker_is_taken_while_the_log_is_being_claimed_anew()
    {
        var owner = Open(claimAnewAfter: 2);
        owner.Append(0, "a");
        owner.Append(1, "b");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.Zero);
        var (ofPark, ofClaim) = (new TaskCompletionSource(), new TaskCompletionSource());
        _bench.Log.Hold = ofPark;
        var parking = owner.ParkAsync(1, 0, TimeSpan.FromHours(1));
        _bench.Log.Hold = ofClaim;
        ofPark.SetResult();
        await parking;
        Assert.Equal([0], owner.StartAll());
        owner.Finish(0);

        Assert.Equal(2, Take(owner));
        Assert.Empty(_parked);

        ofClaim.SetResult();
        Assert.Equal(2, Take(owner));
        Assert.Equal(new EntryId(3, 1), Assert.Single(_parked).Marker.Id);
    }

    [Fact]
    public void Once_it_has_given_its_last_nothing_starts_that_could_not_be_committed()
    {
        var owner = Open();
        owner.Append(0, "a");
        owner.StartAll();
        owner.Finish(0);
        owner.Append(1, "a");
        Assert.Equal(FinishedTaken.All, owner.Assignment.TakeFinished(_outputs, _parked, most: 1, isLast: true, out _, out _));

        Assert.Empty(owner.StartAll());
    }

    private AssignmentBench Open(int claimAnewAfter = 50_000)
    {
        var owner = new AssignmentBench(_bench.Options, new ParkingSettings { Logs = _bench.Log, ClaimAnewAfter = claimAnewAfter }, static () => { });
        owner.Assignment.StartAt(new Kafka.Offsets.Position(0, -1));
        _ = owner.Assignment.Parking!.RunAsync(static () => Task.FromResult(true));
        return owner;
    }

    /// <summary>An owner in which the event at 0 has failed, was parked, and runs again.</summary>
    private async Task<AssignmentBench> ParkedAsync(int claimAnewAfter = 50_000)
    {
        var owner = Open(claimAnewAfter);
        owner.Append(0, "a");
        owner.StartAll();
        await owner.ParkAsync(0, 0, TimeSpan.Zero);
        Assert.Equal([0], owner.StartAll());
        return owner;
    }

    /// <summary>The position that is taken; null where there is nothing to take.</summary>
    private long? Take(AssignmentBench owner, bool commits = true)
    {
        _parked.Clear();
        return owner.Assignment.TakeFinished(_outputs, commits ? _parked : null, most: 1_000, isLast: false, out var position, out _) is FinishedTaken.Nothing ? null : position.Offset;
    }
}
