using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>How what is to be written gets its names, and what is written together.</summary>
public sealed class AppendQueueTests
{
    private readonly AppendQueue _queue = new();

    public AppendQueueTests() => _queue.GoOnUnder(7);

    [Fact]
    public void Entries_are_numbered_from_1_within_the_claim_when_they_are_sent()
    {
        Add(ParkedEntryKind.Parked);
        Add(ParkedEntryKind.Step);

        Assert.Equal([new EntryId(7, 1), new EntryId(7, 2)], Take());
    }

    [Fact]
    public void What_was_not_sent_before_a_new_claim_is_named_under_it()
    {
        Add(ParkedEntryKind.Parked);
        _queue.Acknowledge(_queue.Take()!);
        Add(ParkedEntryKind.Parked);

        _queue.GoOnUnder(9);

        Assert.Equal([new EntryId(9, 1)], Take());
    }

    [Fact]
    public void Nothing_is_sent_while_an_append_is_in_flight()
    {
        Add(ParkedEntryKind.Parked);
        var first = _queue.Take();
        Add(ParkedEntryKind.Parked);

        Assert.Null(_queue.Take());
        _queue.Acknowledge(first!);
        Assert.NotNull(_queue.Take());
    }

    [Fact]
    public void Without_that_rule_it_is()
    {
        var queue = new AppendQueue(ParkingRules.All & ~ParkingRules.OneAppendInFlight);
        queue.Add(Pending(ParkedEntryKind.Parked, new ParkedKey(new HashedKey([1]))));
        queue.Take();
        queue.Add(Pending(ParkedEntryKind.Parked, new ParkedKey(new HashedKey([1]))));

        Assert.NotNull(queue.Take());
    }

    [Fact]
    public void Two_markers_of_one_key_are_never_sent_together()
    {
        var key = new ParkedKey(new HashedKey([1]));
        _queue.Add(Pending(ParkedEntryKind.Done, key));
        _queue.Add(Pending(ParkedEntryKind.Done, new ParkedKey(new HashedKey([2]))));
        _queue.Add(Pending(ParkedEntryKind.Done, key));

        var first = _queue.Take()!;

        Assert.Equal(2, first.Length);
        _queue.Acknowledge(first);
        Assert.Single(_queue.Take()!);
    }

    [Fact]
    public void An_append_is_bounded_by_count_and_by_bytes()
    {
        for (var i = 0; i < AppendQueue.MaxEntries + 1; i++)
        {
            Add(ParkedEntryKind.Step);
        }

        Assert.Equal(AppendQueue.MaxEntries, Next().Length);
        Assert.Single(Next());
        _queue.Add(Pending(ParkedEntryKind.Parked, new ParkedKey(new HashedKey([1])), AppendQueue.MaxBytes));
        _queue.Add(Pending(ParkedEntryKind.Parked, new ParkedKey(new HashedKey([1])), 1));
        Assert.Single(Next());
    }

    [Fact]
    public void What_parks_an_event_counts_until_it_is_acknowledged()
    {
        _queue.Add(Pending(ParkedEntryKind.Parked, new ParkedKey(new HashedKey([1])), 10));
        var batch = _queue.Take()!;

        Assert.Equal((1, 10), (_queue.Parked, _queue.ParkedBytes));
        _queue.Acknowledge(batch);
        Assert.Equal((0, 0), (_queue.Parked, _queue.ParkedBytes));
    }

    private PendingAppend[] Next()
    {
        var batch = _queue.Take()!;
        _queue.Acknowledge(batch);
        return batch;
    }

    private IEnumerable<EntryId> Take() => _queue.Take()!.Select(static pending => pending.Entry.Id);

    private void Add(ParkedEntryKind kind) => _queue.Add(Pending(kind, new ParkedKey(new HashedKey([1]))));

    private static PendingAppend Pending(ParkedEntryKind kind, ParkedKey key, int size = 1) => new()
    {
        Entry = new ParkedEntry { Kind = kind },
        Item = new ParkedItem { Key = key, OriginalOffset = 0, OriginalTimestampMs = 0, Size = size },
    };
}
