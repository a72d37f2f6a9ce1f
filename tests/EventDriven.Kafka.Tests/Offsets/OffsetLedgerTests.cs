using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Tests.Offsets;

public sealed class OffsetLedgerTests
{
    private readonly OffsetLedger _ledger = new();

    [Fact]
    public void Nothing_is_known_before_the_first_record()
    {
        Assert.False(_ledger.HasPosition);
        Assert.False(_ledger.IsAtEnd);
        Assert.Equal(-1, _ledger.LastReceived);
    }

    [Fact]
    public void The_first_record_sets_the_position_before_it_is_finished()
    {
        _ledger.Append(17, 3);

        Assert.True(_ledger.HasPosition);
        Assert.Equal(new Position(17, -1), _ledger.Position);
    }

    [Fact]
    public void A_resolved_start_is_the_position_even_if_the_first_record_lies_above_it()
    {
        _ledger.StartAt(new Position(10, -1));
        _ledger.Append(14, 0);

        Assert.Equal(10, _ledger.Position.Offset);
    }

    [Fact]
    public void The_position_moves_only_over_what_is_finished_without_a_gap()
    {
        var first = _ledger.Append(0, 0);
        var second = _ledger.Append(1, 0);
        var third = _ledger.Append(2, 0);

        _ledger.Finish(third);
        _ledger.Finish(second);
        Assert.Equal(0, _ledger.Position.Offset);

        _ledger.Finish(first);
        Assert.Equal(3, _ledger.Position.Offset);
    }

    [Fact]
    public void Offsets_that_the_log_leaves_out_are_no_gap()
    {
        var first = _ledger.Append(5, 0);
        var second = _ledger.Append(90, 0);

        _ledger.Finish(first);
        Assert.Equal(6, _ledger.Position.Offset);

        _ledger.Finish(second);
        Assert.Equal(91, _ledger.Position.Offset);
    }

    [Fact]
    public void The_position_carries_the_leader_epoch_of_the_record_before_it()
    {
        var first = _ledger.Append(0, 4);
        var second = _ledger.Append(1, 5);
        _ledger.Append(2, 6);

        _ledger.Finish(second);
        _ledger.Finish(first);

        Assert.Equal(new Position(2, 5), _ledger.Position);
    }

    [Fact]
    public void The_end_moves_the_position_over_trailing_control_records_once_everything_is_finished()
    {
        var only = _ledger.Append(0, 0);
        _ledger.ReachEnd(4);
        Assert.Equal(0, _ledger.Position.Offset);
        Assert.False(_ledger.IsAtEnd);

        _ledger.Finish(only);
        Assert.Equal(4, _ledger.Position.Offset);
        Assert.True(_ledger.IsAtEnd);
    }

    [Fact]
    public void The_end_of_an_empty_partition_is_a_position()
    {
        _ledger.ReachEnd(12);

        Assert.Equal(12, _ledger.Position.Offset);
        Assert.True(_ledger.IsAtEnd);
    }

    [Fact]
    public void A_record_behind_the_end_ends_the_end()
    {
        _ledger.ReachEnd(3);
        var number = _ledger.Append(3, 0);
        Assert.False(_ledger.IsAtEnd);

        _ledger.Append(7, 0);
        _ledger.Finish(number);
        Assert.Equal(4, _ledger.Position.Offset);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    public void An_offset_that_was_received_before_is_refused(long offset)
    {
        _ledger.Append(5, 0);

        Assert.Equal(-1, _ledger.Append(offset, 0));
        Assert.Equal(1, _ledger.Tail);
    }

    [Fact]
    public void An_offset_below_the_position_is_refused()
    {
        _ledger.StartAt(new Position(5, -1));

        Assert.Equal(-1, _ledger.Append(4, 0));
        Assert.Equal(0, _ledger.Append(5, 0));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void It_grows_while_the_oldest_record_is_unfinished(int count)
    {
        // Not from zero on: a ring that grows while it is wrapped around.
        for (var i = 0; i < 40; i++)
        {
            _ledger.Finish(_ledger.Append(i, 0));
        }

        var numbers = Enumerable.Range(0, count).Select(i => _ledger.Append(100 + (2 * i), i)).ToArray();
        foreach (var number in numbers[1..].Reverse())
        {
            _ledger.Finish(number);
        }

        Assert.Equal(40, _ledger.Position.Offset);
        Assert.Equal(100, _ledger.OffsetOf(numbers[0]));
        _ledger.Finish(numbers[0]);
        Assert.Equal(new Position(100 + (2 * (count - 1)) + 1, count - 1), _ledger.Position);
    }
}
