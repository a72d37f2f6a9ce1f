using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class RecordBufferTests
{
    private static readonly PartitionId Partition = new("orders", 3);

    private readonly RecordBuffer _buffer = new();

    [Fact]
    public void A_record_comes_out_as_it_went_in()
    {
        var headers = new object();
        var record = new ConsumedRecord
        {
            Topic = "orders", Partition = 3, Offset = 41, TimestampMs = 7, LeaderEpoch = 2, Key = [1], Value = [2, 3], Headers = headers,
        };

        _buffer.Add(0, 0, record);

        Assert.Equal(record, _buffer.Get(0, Partition));
    }

    [Fact]
    public void It_counts_records_and_bytes()
    {
        _buffer.Add(0, 0, Record(0, value: 10));
        _buffer.Add(1, 0, Record(1, value: 20));
        Assert.Equal(2, _buffer.Count);
        Assert.Equal((2 * ConsumedRecord.Overhead) + 30, _buffer.Bytes);

        _buffer.Remove(0);
        Assert.Equal(1, _buffer.Count);
        Assert.Equal(ConsumedRecord.Overhead + 20, _buffer.Bytes);

        _buffer.Clear();
        Assert.Equal(0, _buffer.Count);
        Assert.Equal(0, _buffer.Bytes);
    }

    [Fact]
    public void A_record_names_the_next_of_its_lane()
    {
        for (var number = 0; number < 3; number++)
        {
            _buffer.Add(number, 0, Record(number));
        }

        _buffer.Link(0, 2);

        Assert.Equal(2, _buffer.Remove(0));
        Assert.Equal(RecordBuffer.None, _buffer.Remove(1));
        Assert.Equal(RecordBuffer.None, _buffer.Remove(2));
    }

    [Fact]
    public void It_grows_around_the_oldest_record_and_keeps_links()
    {
        for (var number = 0; number < 50; number++)
        {
            _buffer.Add(number, number, Record(number));
            _buffer.Remove(number);
        }

        for (var number = 50; number < 1_050; number++)
        {
            _buffer.Add(number, 50, Record(number));
            if (number > 50)
            {
                _buffer.Link(number - 1, number);
            }
        }

        for (var number = 50L; number < 1_050; number++)
        {
            Assert.Equal(number, _buffer.Get(number, Partition).Offset);
            Assert.Equal(number == 1_049 ? RecordBuffer.None : number + 1, _buffer.Remove(number));
        }

        Assert.Equal(0, _buffer.Count);
        Assert.Equal(0, _buffer.Bytes);
    }

    private static ConsumedRecord Record(long offset, int value = 0) => new()
    {
        Topic = "orders", Partition = 3, Offset = offset, TimestampMs = 0, Value = new byte[value],
    };
}
