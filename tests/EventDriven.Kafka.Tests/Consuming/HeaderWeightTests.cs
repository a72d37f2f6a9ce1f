using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class HeaderWeightTests
{
    [Fact]
    public void Headers_count_against_the_budget_with_their_names_and_values()
    {
        var headers = new Headers { { "tenant", new byte[1_000] }, { "empty", [] }, { "none", null } };

        Assert.Equal((3 * ConsumedRecord.HeaderOverhead) + (2 * 15) + 1_000, ConfluentRecordSource.WeighHeaders(headers));
    }

    [Fact]
    public void A_record_weighs_what_its_parts_do()
    {
        var record = new ConsumedRecord { Topic = "orders", Partition = 0, Offset = 0, TimestampMs = 0, Key = new byte[3], Value = new byte[5], HeaderBytes = 7 };

        Assert.Equal(ConsumedRecord.Overhead + 15, record.Size);
    }
}
