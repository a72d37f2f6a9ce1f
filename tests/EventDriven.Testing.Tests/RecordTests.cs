using Confluent.Kafka;

namespace EventDriven.Testing.Tests;

public sealed class RecordTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Keys_values_headers_and_timestamps_come_back_as_they_were_sent()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka);
        using var consumer = Clients.Subscribed(_kafka, "group", "events");
        var timestamp = new Timestamp(new DateTime(2020, 2, 29, 12, 34, 56, 789, DateTimeKind.Utc));

        await producer.ProduceAsync("events", new Message<byte[]?, byte[]?>
        {
            Key = [0, 1, 255],
            Value = [9],
            Timestamp = timestamp,
            Headers = new Headers { { "a", [1] }, { "a", [2] }, { "null", null }, { "empty", [] } },
        });

        var record = consumer.Next();
        Assert.Equal([0, 1, 255], record.Message.Key);
        Assert.Equal([9], record.Message.Value);
        Assert.Equal(timestamp.UnixTimestampMs, record.Message.Timestamp.UnixTimestampMs);
        Assert.Equal(["a", "a", "null", "empty"], record.Message.Headers.Select(header => header.Key));
        Assert.Equal([[1], [2], null, []], record.Message.Headers.Select(header => (byte[]?)header.GetValueBytes()));
    }

    [Fact]
    public async Task Null_and_empty_are_told_apart()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka);
        using var consumer = Clients.Subscribed(_kafka, "group", "events");

        await producer.ProduceAsync("events", new Message<byte[]?, byte[]?> { Key = null, Value = null });
        await producer.ProduceAsync("events", new Message<byte[]?, byte[]?> { Key = [], Value = [] });

        var absent = consumer.Next();
        Assert.Null(absent.Message.Key);
        Assert.Null(absent.Message.Value);
        var empty = consumer.Next();
        Assert.Empty(empty.Message.Key!);
        Assert.Empty(empty.Message.Value!);
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Zstd)]
    public void Compressed_batches_come_back_in_order(CompressionType compression)
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka, config =>
        {
            config.CompressionType = compression;
            config.LingerMs = 20;
        });
        using var consumer = Clients.Subscribed(_kafka, "group", "events");

        producer.Produce("events", 0, 100);

        Assert.Equal(Enumerable.Range(0, 100).Select(value => (long)value), consumer.Next(100).Select(record => record.Offset.Value));
    }

    [Fact]
    public void The_end_of_a_partition_is_reported()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka);
        using var consumer = Clients.Subscribed(_kafka, "group", "events", config => config.EnablePartitionEof = true);
        producer.Produce("events", 0, 2);

        var results = consumer.Next(3);

        Assert.Equal([false, false, true], results.Select(result => result.IsPartitionEOF));
        Assert.Equal(2, results[2].Offset.Value);
    }

    [Fact]
    public async Task An_idempotent_producer_gets_its_id()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka, config => config.EnableIdempotence = true);

        Assert.Equal(0, (await producer.ProduceAsync("events", Clients.Text("one"))).Offset.Value);
        Assert.Equal(1, (await producer.ProduceAsync("events", Clients.Text("two"))).Offset.Value);
    }

    [Fact]
    public async Task A_delivery_report_has_a_constant_timestamp_and_the_record_its_own()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka);
        using var consumer = Clients.Subscribed(_kafka, "group", "events");

        var report = await producer.ProduceAsync("events", Clients.Text("one"));

        Assert.Equal(1234, report.Timestamp.UnixTimestampMs);
        Assert.NotEqual(1234, consumer.Next().Message.Timestamp.UnixTimestampMs);
    }

    [Fact]
    public void Transactions_write_markers_and_hide_nothing_from_read_committed_consumers()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka, config => config.TransactionalId = "writer");
        using var consumer = Clients.Subscribed(_kafka, "group", "events", config =>
        {
            config.IsolationLevel = IsolationLevel.ReadCommitted;
            config.EnablePartitionEof = true;
        });
        producer.InitTransactions(Clients.Patience);
        producer.BeginTransaction();
        producer.Produce("events", 0, 1);
        producer.AbortTransaction(Clients.Patience);

        Assert.Equal("0", consumer.Next().Text());
        var end = consumer.Next();
        Assert.True(end.IsPartitionEOF);
        Assert.Equal(2, end.Offset.Value);
    }
}
