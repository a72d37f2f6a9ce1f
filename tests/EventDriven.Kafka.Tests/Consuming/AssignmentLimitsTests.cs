using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class AssignmentLimitsTests
{
    [Theory]
    [InlineData(1000, 4, 250)]
    [InlineData(1000, 3, 333)]
    [InlineData(1000, 0, 1000)]
    [InlineData(2, 5, 1)]
    public void A_partition_gets_its_share_but_at_least_one_record(int total, int partitions, int expected)
    {
        var options = new EventConsumerOptions { MaxBufferedRecords = total, MaxBufferedBytes = total };

        Assert.Equal(new AssignmentLimits(expected, expected), AssignmentLimits.Share(options, partitions));
    }

    [Theory]
    [InlineData(9, 99, false)]
    [InlineData(10, 0, true)]
    [InlineData(0, 100, true)]
    public void Either_records_or_bytes_make_it_full(int records, long bytes, bool full) =>
        Assert.Equal(full, new AssignmentLimits(10, 100).IsFull(records, bytes));

    [Theory]
    [InlineData(5, 50, true)]
    [InlineData(6, 0, false)]
    [InlineData(0, 51, false)]
    public void It_has_room_again_at_half_of_both(int records, long bytes, bool room) =>
        Assert.Equal(room, new AssignmentLimits(10, 100).HasRoomAgain(records, bytes));

    [Theory]
    [InlineData(9, 87, true)]
    [InlineData(9, 89, false)]
    [InlineData(10, 0, false)]
    public void It_has_room_below_the_limit_by_more_than_an_eighth(int records, long bytes, bool room) =>
        Assert.Equal(room, new AssignmentLimits(10, 100).HasRoom(records, bytes));

    [Fact]
    public void A_share_of_one_record_has_room_again_once_it_is_empty()
    {
        var limits = new AssignmentLimits(1, 1);

        Assert.True(limits.IsFull(1, 1));
        Assert.False(limits.HasRoomAgain(1, 1));
        Assert.True(limits.HasRoomAgain(0, 0));
    }
}
