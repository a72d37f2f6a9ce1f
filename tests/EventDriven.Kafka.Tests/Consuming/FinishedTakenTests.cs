using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>What a transaction takes from a partition: up to a position, and the outputs below it.</summary>
public sealed class FinishedTakenTests
{
    private readonly AssignmentBench _bench = new(new EventConsumerOptions { Ordering = OrderingMode.None, CommitAfterEvents = 80 }, static () => { });

    [Fact]
    public void No_more_is_taken_than_was_asked_for_and_the_rest_is_there_the_next_time()
    {
        Finish(Enumerable.Range(0, 100));

        Assert.Equal([(FinishedTaken.Some, 40L, 40L), (FinishedTaken.Some, 70, 30), (FinishedTaken.All, 100, 30), (FinishedTaken.Nothing, 0, 0)], [Take(40), Take(39), Take(40), Take(40)]);
    }

    [Fact]
    public void What_is_taken_for_the_last_time_is_all()
    {
        Finish(Enumerable.Range(0, 100));

        Assert.Equal((FinishedTaken.All, 100L, 100L), Take(10, isLast: true));
    }

    [Fact]
    public void Where_a_gap_closes_below_many_they_are_taken_together()
    {
        Finish([.. Enumerable.Range(1, 99), 0]);

        Assert.Equal((FinishedTaken.All, 100L, 100L), Take(10));
    }

    [Fact]
    public void Nothing_above_a_gap_is_taken()
    {
        Finish(Enumerable.Range(0, 100).Where(static offset => offset != 25));

        Assert.Equal([(FinishedTaken.Some, 20L, 20L), (FinishedTaken.All, 25, 5), (FinishedTaken.Nothing, 0, 0)], [Take(20), Take(20), Take(20)]);
    }

    [Fact]
    public void Of_what_nobody_takes_only_so_many_positions_are_remembered()
    {
        for (var offset = 0; offset < 20_000; offset++)
        {
            _bench.Append(offset);
            _bench.StartAll();
            _bench.Finish(offset);
        }

        Assert.Equal([(FinishedTaken.Some, 10_240L, 10_240L), (FinishedTaken.All, 20_000, 9_760)], [Take(10_240), Take(10)]);
    }

    private void Finish(IEnumerable<int> offsets)
    {
        for (var offset = 0; offset < 100; offset++) _bench.Append(offset);
        _bench.StartAll();
        foreach (var offset in offsets) _bench.Finish(offset);
    }

    private (FinishedTaken Taken, long Position, long Events) Take(long most, bool isLast = false)
    {
        var taken = _bench.Assignment.TakeFinished(new List<EventOutput>(), null, most, isLast, out Position position, out var events);
        return taken is FinishedTaken.Nothing ? (taken, 0, 0) : (taken, position.Offset, events);
    }
}
