using Confluent.Kafka;

namespace EventDriven.Testing.Tests;

public sealed class RetentionTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Records_dropped_beyond_five_mebibytes_are_noticed_and_named()
    {
        _kafka.CreateTopic("events", 2);
        await ProduceMebibytes(partition: 1, count: 7);

        var exception = await Assert.ThrowsAsync<EmbeddedKafkaException>(
            () => _kafka.EnsureNothingEvictedAsync(TestContext.Current.CancellationToken));

        Assert.Contains("events [1] lost offsets 0 to ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("events [0]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_said_when_nothing_was_dropped()
    {
        await _kafka.EnsureNothingEvictedAsync(TestContext.Current.CancellationToken);
        _kafka.CreateTopic("events", 2);
        await ProduceMebibytes(partition: 0, count: 4);
        await ProduceMebibytes(partition: 1, count: 4);

        await _kafka.EnsureNothingEvictedAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Records_that_the_test_deleted_do_not_count_but_those_dropped_later_do()
    {
        _kafka.CreateTopic("events", 1);
        await ProduceMebibytes(partition: 0, count: 3);
        _kafka.DeleteRecords("events", 0, 2);
        await _kafka.EnsureNothingEvictedAsync(TestContext.Current.CancellationToken);

        await ProduceMebibytes(partition: 0, count: 7);

        var exception = await Assert.ThrowsAsync<EmbeddedKafkaException>(
            () => _kafka.EnsureNothingEvictedAsync(TestContext.Current.CancellationToken));
        Assert.Contains("lost offsets 2 to ", exception.Message, StringComparison.Ordinal);
    }

    private async Task ProduceMebibytes(int partition, int count)
    {
        using var producer = Clients.Producer(_kafka, config => config.MessageMaxBytes = 2_000_000);
        for (var index = 0; index < count; index++)
        {
            await producer.ProduceAsync(
                new TopicPartition("events", partition), new Message<byte[]?, byte[]?> { Value = new byte[1024 * 1024] });
        }
    }
}
