using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Tests.Consuming;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Who owns a parked log: claims, what a late writer can't do, trimming.</summary>
public sealed class ParkedOwnershipTests
{
    private readonly ParkingBench _bench = new();

    [Fact]
    public void The_log_is_claimed_only_after_a_commit_was_accepted()
    {
        var proof = new TaskCompletionSource<bool>();
        _bench.Prove = () => proof.Task;
        var owner = _bench.Open(0);

        Assert.Empty(_bench.Log.Kinds);
        proof.SetResult(true);

        Assert.Equal([ParkedEntryKind.Claim], _bench.Log.Kinds);
        Assert.True(IsComplete(owner));
    }

    [Fact]
    public void Where_the_commit_is_not_accepted_everything_is_read_again_and_another_is_asked_for()
    {
        var proofs = new Queue<bool>([false, true]);
        _bench.Prove = () => Task.FromResult(proofs.Dequeue());
        var owner = _bench.Open(0);
        _bench.Log.Land(Claim(null));

        Assert.False(IsComplete(owner));
        owner.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(IsComplete(owner));
        Assert.Equal(0, _bench.Log.Entries.Last().PreviousClaim);
    }

    [Fact]
    public void A_claim_that_another_came_before_does_not_count_and_is_made_again()
    {
        var calls = 0;
        _bench.Prove = () =>
        {
            // Between reading and claiming, somebody else's claim lands.
            if (calls++ == 0) _bench.Log.Land(Claim(null));
            return Task.FromResult(true);
        };
        var owner = _bench.Open(0);
        Assert.False(IsComplete(owner));

        owner.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(IsComplete(owner));
        Assert.Equal([null, null, 0L], _bench.Log.Entries.Select(static entry => entry.PreviousClaim));
    }

    [Fact]
    public void A_claim_whose_acknowledgement_is_lost_is_sent_again_and_counts_once()
    {
        _bench.Log.AppendError = new ParkedLogException("timed out", isRefused: false);
        var owner = _bench.Open(0);
        _bench.Log.Land(_bench.Log.Appends[0][0]);
        _bench.Log.AppendError = null;

        owner.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(IsComplete(owner));
        owner.Append(0, "a");
        owner.StartAll();
        Assert.Equal(0, owner.RecordOf(0).FencingToken);
    }

    [Fact]
    public async Task What_a_late_owner_writes_behind_its_successors_claim_is_not_valid()
    {
        var late = _bench.Open(0);
        late.Append(0, "a");
        late.StartAll();
        _bench.Log.Hold = new TaskCompletionSource();
        var parking = late.ParkAsync(0, 0, TimeSpan.Zero);
        var held = _bench.Log.Hold;
        _bench.Log.Hold = null;
        var next = _bench.Open(0);
        held.SetResult();
        await parking;

        ParkingBench.Crash(next);
        var third = _bench.Open(0);

        Assert.Equal([ParkedEntryKind.Claim, ParkedEntryKind.Claim, ParkedEntryKind.Parked, ParkedEntryKind.Claim], _bench.Log.Kinds);
        Assert.Equal(0, third.Assignment.GetSnapshot().Parking!.Entries);
        Assert.True(IsComplete(third));
    }

    [Fact]
    public void An_owner_that_reads_a_later_counting_claim_starts_nothing_more_and_says_so()
    {
        var owner = _bench.Open(0);
        var superseded = 0;
        owner.Assignment.Parking!.OnSuperseded = () => superseded++;

        _bench.Log.Land(Claim(0));
        owner.Append(0, "a");

        Assert.Equal(1, superseded);
        Assert.Empty(owner.StartAll());
    }

    [Fact]
    public void A_late_duplicate_of_a_claim_changes_nothing()
    {
        var owner = _bench.Open(0);
        var superseded = 0;
        owner.Assignment.Parking!.OnSuperseded = () => superseded++;

        _bench.Log.Land(Claim(null));

        Assert.Equal(0, superseded);
        Assert.True(IsComplete(owner));
    }

    [Fact]
    public async Task The_log_is_trimmed_to_the_claim_of_the_lowest_unfinished_entry_once_a_commit_is_accepted()
    {
        var first = _bench.Open(0);
        first.Append(0, "a");
        first.StartAll();
        await first.ParkAsync(0, 0, TimeSpan.FromSeconds(5));
        ParkingBench.Crash(first);
        var next = _bench.Open(1);
        var parking = next.Assignment.Parking!;

        parking.OnStored(2);
        parking.OnCommitted(2);
        Assert.Equal(0, _bench.Log.Start);

        next.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([0], next.StartAll());
        next.Finish(0);
        parking.OnCommitted(2);
        Assert.Equal(0, _bench.Log.Start);
        parking.OnStored(3);
        Assert.Equal(0, _bench.Log.Start);
        parking.OnCommitted(3);

        Assert.Equal(2, _bench.Log.Start);
        Assert.Equal(ParkedEntryKind.Claim, _bench.Log.Kinds.First());
    }

    [Fact]
    public async Task A_rebuild_whose_log_is_trimmed_beyond_its_position_begins_again()
    {
        var first = _bench.Open(0);
        first.Append(0, "a");
        first.StartAll();
        await first.ParkAsync(0, 0, TimeSpan.Zero);
        ParkingBench.Crash(first);

        // The next owner has read the parked event, but not its marker; both are trimmed before it claims.
        _bench.Prove = () =>
        {
            if (_bench.Log.Start == 0)
            {
                _bench.Log.Land(new ParkedEntry { Kind = ParkedEntryKind.Done, Id = new EntryId(0, 2), About = new EntryId(0, 1) });
                _bench.Log.Trim(_bench.Log.Land(Claim(0)));
            }

            return Task.FromResult(true);
        };
        var next = _bench.Open(1);
        next.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(IsComplete(next));
        Assert.Equal(0, next.Assignment.GetSnapshot().Parking!.Entries);
    }

    [Fact]
    public async Task An_owner_claims_anew_so_that_the_log_can_be_trimmed_and_its_entries_stay_valid()
    {
        var owner = _bench.Open(0, claimAnewAfter: 3);
        for (var offset = 0; offset < 4; offset++)
        {
            owner.Append(offset, $"key-{offset}");
            owner.StartAll();
            await owner.ParkAsync(offset, 0, TimeSpan.FromHours(1));
        }

        Assert.Equal(
            [ParkedEntryKind.Claim, ParkedEntryKind.Parked, ParkedEntryKind.Parked, ParkedEntryKind.Parked, ParkedEntryKind.Claim, ParkedEntryKind.Parked],
            _bench.Log.Kinds);
        Assert.Equal(new EntryId(4, 1), _bench.Log.Entries.Last().Id);
        ParkingBench.Crash(owner);
        Assert.Equal(4, _bench.Open(4).Assignment.GetSnapshot().Parking!.Entries);
    }

    [Fact]
    public void A_log_that_may_not_be_trimmed_is_told_of_at_the_start()
    {
        _bench.Log.TrimError = new ParkedLogException("not authorized", isRefused: true);

        var owner = _bench.Open(0);

        Assert.True(owner.Assignment.GetSnapshot().Parking!.IsGrowing);
        Assert.True(IsComplete(owner));
    }

    [Fact]
    public async Task An_append_that_fails_is_tried_again_under_the_same_names_and_told_until_it_succeeds()
    {
        var owner = _bench.Open(0);
        owner.Append(0, "a");
        owner.StartAll();
        _bench.Log.AppendError = new ParkedLogException("not enough replicas", isRefused: false);
        var parking = owner.ParkAsync(0, 0, TimeSpan.FromHours(1));
        owner.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("not enough replicas", owner.Assignment.GetSnapshot().Parking!.Error);
        _bench.Log.AppendError = null;
        owner.Time.Advance(TimeSpan.FromSeconds(10));
        await parking;

        Assert.Null(owner.Assignment.GetSnapshot().Parking!.Error);
        Assert.All(_bench.Log.Appends.Skip(1), append => Assert.Equal(new EntryId(0, 1), append[0].Id));
        Assert.Single(_bench.Log.Kinds, ParkedEntryKind.Parked);
    }

    [Fact]
    public async Task Payloads_beyond_their_budget_are_read_again_when_they_come_due()
    {
        var owner = _bench.Open(0);
        owner.Assignment.ShareBudget(new AssignmentLimits(1_000, 4 * 1024));
        for (var offset = 0; offset < 10; offset++)
        {
            owner.Append(offset, $"key-{offset}", new byte[300]);
            owner.StartAll();
            await owner.ParkAsync(offset, 0, TimeSpan.FromSeconds(5));
        }

        Assert.True(owner.Assignment.Parking!.PayloadBytes <= 1024);
        owner.Time.Advance(TimeSpan.FromSeconds(5));
        var started = new List<long>();
        for (var batch = owner.StartAll(); batch.Count > 0; batch = owner.StartAll())
        {
            started.AddRange(batch);
            Assert.All(batch, offset => Assert.Equal(300, owner.RecordOf(offset).Value!.Length));
            batch.ForEach(offset => owner.Finish(offset));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(static offset => (long)offset), started.Order());
        Assert.NotEmpty(_bench.Log.PayloadReads);
    }

    private static bool IsComplete(AssignmentBench owner) => owner.Assignment.GetSnapshot().Parking!.IsComplete;

    private static ParkedEntry Claim(long? previous) => new() { Kind = ParkedEntryKind.Claim, ClaimId = Guid.NewGuid(), PreviousClaim = previous };
}
