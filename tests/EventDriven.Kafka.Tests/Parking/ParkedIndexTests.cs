using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>What is found of the unfinished, and in which order.</summary>
public sealed class ParkedIndexTests
{
    private static readonly PartitionId Source = new("orders", 0);

    private readonly ParkedIndex _index = new(Source);
    private int _number;

    [Fact]
    public void Of_a_key_the_first_by_original_offset_comes_first_whatever_came_first_into_the_log()
    {
        var later = Add([1], 20);
        var first = Add([1], 10);
        Add([2], 5);

        Assert.Same(first, _index.Find(new HashedKey([1]))!.FirstOpen);
        first.IsDone = true;
        Assert.Same(later, _index.Find(new HashedKey([1]))!.FirstOpen);
    }

    [Fact]
    public void A_key_leaves_with_its_last_entry()
    {
        var item = Add([1], 10);

        _index.Remove(item);

        Assert.Null(_index.Find(new HashedKey([1])));
        Assert.Equal((0, 0, 0L), (_index.Count, _index.Keys, _index.Bytes));
        Assert.Null(_index.LowestClaim);
    }

    [Fact]
    public void Exactly_an_event_is_found_by_partition_offset_and_timestamp()
    {
        Add([1], 10, timestamp: 77);
        Add(null, 11, timestamp: 78);
        Add([1], 12, source: new PartitionId("orders", 1));

        Assert.True(_index.Contains(new HashedKey([1]), 10, 77));
        Assert.False(_index.Contains(new HashedKey([1]), 10, 76));
        Assert.False(_index.Contains(new HashedKey([2]), 10, 77));
        Assert.True(_index.Contains(new HashedKey(null), 11, 78));
        Assert.False(_index.Contains(new HashedKey(null), 11, 77));
        Assert.False(_index.Contains(new HashedKey([1]), 12, 0));
    }

    [Fact]
    public void Events_without_a_key_stand_on_their_own()
    {
        var one = Add(null, 1);
        var other = Add(null, 2);

        Assert.NotSame(one.Key, other.Key);
        Assert.Equal(2, _index.Keys);
        _index.Remove(one);
        Assert.False(_index.Contains(new HashedKey(null), 1, 0));
        Assert.True(_index.Contains(new HashedKey(null), 2, 0));
    }

    [Fact]
    public void The_lowest_claim_is_that_of_the_lowest_unfinished_entry()
    {
        var old = Add([1], 1, claim: 0);
        Add([2], 2, claim: 50);

        Assert.Equal(0, _index.LowestClaim);
        _index.Remove(old);
        Assert.Equal(50, _index.LowestClaim);
    }

    [Fact]
    public void It_keeps_its_order_through_any_additions_and_removals()
    {
        var random = new Random(1);
        var model = new List<ParkedItem>();
        for (var i = 0; i < 20_000; i++)
        {
            if (model.Count > 0 && random.Next(100) < 48)
            {
                var item = model[random.Next(model.Count)];
                model.Remove(item);
                _index.Remove(item);
            }
            else
            {
                model.Add(Add([(byte)random.Next(8)], random.Next(100_000)));
            }
        }

        Assert.Equal(model.Count, _index.Count);
        foreach (var key in model.Select(static item => item.Key).Distinct())
        {
            var offsets = Enumerable.Range(0, key.Count).Select(i => key[i].OriginalOffset).ToList();
            Assert.Equal(model.Where(item => item.Key == key).Select(static item => item.OriginalOffset).Order(), offsets);
        }
    }

    private ParkedItem Add(byte[]? key, long offset, long timestamp = 0, long claim = 0, PartitionId? source = null)
    {
        var entry = new ParkedEntry
        {
            Kind = ParkedEntryKind.Parked,
            Id = new EntryId(claim, ++_number),
            OriginalPartition = source ?? Source,
            OriginalOffset = offset,
            OriginalTimestampMs = timestamp,
        };
        var item = ParkedItem.Of(new ParkedLogRecord(_number, 0, 10, entry), Source, claim);
        _index.Add(item, key);
        return item;
    }
}
