using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Broker.Tests.Parking;

/// <summary>Parked logs on a real broker that nobody harms.</summary>
public sealed class ParkedLogTests(SharedBroker broker)
{
    [BrokerFact]
    public async Task Several_partitions_are_written_and_read_at_once_each_in_its_order()
    {
        var (service, _) = await StartAsync(partitions: 8);
        await using var _1 = service;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async partition =>
        {
            using var log = service.Open(partition);
            var tail = ParkedService.ReadAsync(log, 0, 2_000);
            for (var from = 1; from < 2_000; from += 100)
            {
                await log.AppendAsync(ParkedService.Entries(from, 100, size: 200), CancellationToken.None);
            }

            var again = ParkedService.ReadAsync(log, 0, 2_000, ParkedLogCursor.Payloads);
            Assert.Equal(Enumerable.Range(1, 2_000), (await tail).Select(static record => record.Entry.Id.Number));
            Assert.Equal(Enumerable.Range(1, 2_000), (await again).Select(static record => record.Entry.Id.Number));
            Assert.Equal((0, 2_000), await log.GetBoundsAsync(CancellationToken.None));
        }));
    }

    /// <summary>A marker of a transaction that was aborted says nothing, and one whose transaction is not over is not passed by.</summary>
    [BrokerFact]
    public async Task What_is_in_a_transaction_is_read_once_that_is_committed_and_what_was_aborted_never()
    {
        var (service, topic) = await StartAsync();
        await using var _1 = service;
        using var log = service.Open();
        await log.AppendAsync(ParkedService.Entries(1, 1), CancellationToken.None);
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = (await broker.Cluster).BootstrapServers, TransactionalId = topic }).Build();
        producer.InitTransactions(ParkedService.Patience);
        await WriteAsync(2);
        producer.AbortTransaction();
        await WriteAsync(3);
        await log.AppendAsync(ParkedService.Entries(4, 1), CancellationToken.None);

        // Behind the first, a marker of the aborted one and the open one.
        var (_, end) = await log.GetBoundsAsync(CancellationToken.None);
        var before = await ReadToAsync(end);
        var reading = ParkedService.ReadAsync(log, end, 2);
        Assert.Equal([1], before);
        Assert.True((await log.ReadAsync(ParkedLogCursor.Payloads, 0, 1_000, TimeSpan.Zero, CancellationToken.None).WaitAsync(ParkedService.Patience)).LogEnd > end);
        Assert.False(reading.IsCompleted);

        producer.CommitTransaction();
        Assert.Equal([3, 4], (await reading).ConvertAll(static record => record.Entry.Id.Number));

        async Task WriteAsync(int number)
        {
            var record = new OutgoingRecord();
            log.Write(new ParkedEntry { Kind = ParkedEntryKind.Done, Id = new EntryId(0, number), About = new EntryId(0, 1) }, record);
            producer.BeginTransaction();
            await producer.ProduceAsync(record.Destination!, record.Message);
        }

        async Task<List<int>> ReadToAsync(long last)
        {
            var numbers = new List<int>();
            for (long next = 0; next < last;)
            {
                var read = await log.ReadAsync(ParkedLogCursor.Tail, next, 100_000, TimeSpan.FromSeconds(1), CancellationToken.None).WaitAsync(ParkedService.Patience);
                numbers.AddRange(read.Records.Select(static record => record.Entry.Id.Number));
                next = read.Next;
            }

            return numbers;
        }
    }

    [BrokerFact]
    public async Task Each_read_begins_exactly_where_it_was_asked_to_whatever_was_read_before()
    {
        const int Count = 5_000;
        var (service, _) = await StartAsync(partitions: 3);
        await using var _1 = service;
        var logs = Enumerable.Range(0, 3).Select(service.Open).ToArray();
        foreach (var log in logs)
        {
            await log.AppendAsync(ParkedService.Entries(0, Count, size: 300), CancellationToken.None);
        }

        var random = new Random(3);
        for (var round = 0; round < 60; round++)
        {
            await Task.WhenAll(
                from log in logs
                from cursor in Enum.GetValues<ParkedLogCursor>()
                let @from = random.NextInt64(0, Count)
                let maxBytes = random.Next(1, 200_000)
                select CheckAsync(log, cursor, @from, maxBytes));
        }

        static async Task CheckAsync(IParkedLog log, ParkedLogCursor cursor, long from, int maxBytes)
        {
            for (var reads = 0; reads < 3 && from < Count; reads++)
            {
                var read = await log.ReadAsync(cursor, from, maxBytes, TimeSpan.Zero, CancellationToken.None).WaitAsync(ParkedService.Patience);
                Assert.NotEmpty(read.Records);
                Assert.Equal(Enumerable.Range((int)from, read.Records.Count), read.Records.Select(static record => (int)record.Offset));
                Assert.All(read.Records, static record => Assert.Equal(record.Offset, record.Entry.OriginalOffset));
                from = read.Next;
            }
        }
    }

    [BrokerFact]
    public async Task A_reader_whose_position_is_trimmed_away_is_told_and_skips_nothing_unknowingly()
    {
        const int Count = 20_000;
        var (service, _) = await StartAsync();
        await using var _1 = service;
        using var log = service.Open();
        // More than is prefetched, so that the reader does come to what is gone.
        for (var from = 0; from < Count; from += 1_000)
        {
            await log.AppendAsync(ParkedService.Entries(from, 1_000, size: 2_000), CancellationToken.None);
        }

        long next = 0;
        var trimmed = false;
        while (next < Count)
        {
            var read = await log.ReadAsync(ParkedLogCursor.Tail, next, 100_000, TimeSpan.Zero, CancellationToken.None).WaitAsync(ParkedService.Patience);
            if (read.LogStart > next)
            {
                Assert.Equal((0, next, Count - 100, Count), (read.Records.Count, read.Next, read.LogStart, read.LogEnd));
                Assert.False(trimmed);
                trimmed = true;
                next = read.LogStart;
                continue;
            }

            Assert.Equal(Enumerable.Range((int)next, read.Records.Count), read.Records.Select(static record => (int)record.Offset));
            if (next == 0)
            {
                await log.TrimAsync(Count - 100, CancellationToken.None).WaitAsync(ParkedService.Patience);
            }

            next = read.Next;
        }

        Assert.True(trimmed);
        Assert.Equal((Count - 100, Count), await log.GetBoundsAsync(CancellationToken.None));
        // Deleted already: no error, and nothing comes back.
        await log.TrimAsync(5, CancellationToken.None).WaitAsync(ParkedService.Patience);
        Assert.Equal(Count - 100, (await log.GetBoundsAsync(CancellationToken.None)).Start);
        Assert.Equal(Count, (await log.ReadAsync(ParkedLogCursor.Tail, Count + 50, 1, TimeSpan.Zero, CancellationToken.None).WaitAsync(ParkedService.Patience)).LogEnd);
    }

    [BrokerFact]
    public async Task Markers_of_transactions_are_passed_over_and_records_of_others_say_nothing()
    {
        var (service, topic) = await StartAsync();
        await using var _1 = service;
        using var log = service.Open();
        await log.AppendAsync(ParkedService.Entries(1, 1), CancellationToken.None);
        using (var others = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = (await broker.Cluster).BootstrapServers, TransactionalId = topic }).Build())
        {
            others.InitTransactions(ParkedService.Patience);
            others.BeginTransaction();
            others.Produce(new TopicPartition(topic, 0), new Message<byte[]?, byte[]?> { Key = [1], Value = Encoding.UTF8.GetBytes("somebody else's") });
            others.CommitTransaction(ParkedService.Patience);
        }

        long next = 0;
        var kinds = new List<ParkedEntryKind>();
        while (next < 3)
        {
            var read = await log.ReadAsync(ParkedLogCursor.Tail, next, 100_000, Timeout.InfiniteTimeSpan, CancellationToken.None).WaitAsync(ParkedService.Patience);
            kinds.AddRange(read.Records.Select(static record => record.Entry.Kind));
            next = read.Next;
        }

        Assert.Equal([ParkedEntryKind.Parked, ParkedEntryKind.Unknown], kinds);
        Assert.Equal((0, 3), await log.GetBoundsAsync(CancellationToken.None));
        await log.AppendAsync(ParkedService.Entries(2, 1), CancellationToken.None);
        Assert.Equal(3, (await ParkedService.ReadAsync(log, 3, 1)).Single().Offset);
    }

    [BrokerFact]
    public async Task An_entry_that_the_topic_takes_in_no_more_is_refused_and_later_ones_are_not()
    {
        var (service, _) = await StartAsync(partitions: 1, new KeyValuePair<string, string>("max.message.bytes", "10000"));
        await using var _1 = service;
        using var log = service.Open();

        var refused = await Assert.ThrowsAsync<ParkedLogException>(() => log.AppendAsync([ParkedService.Entry(1, size: 20_000)], CancellationToken.None).WaitAsync(ParkedService.Patience));

        Assert.True(refused.IsRefused);
        Assert.Contains("max.message.bytes", refused.Message, StringComparison.Ordinal);
        await log.AppendAsync([ParkedService.Entry(2)], CancellationToken.None).WaitAsync(ParkedService.Patience);
        Assert.Equal(2, (await ParkedService.ReadAsync(log, 0, 1)).Single().Entry.Id.Number);
    }

    [BrokerFact]
    public async Task A_topic_that_is_deleted_is_told_and_one_of_that_name_made_later_is_another_log()
    {
        var (service, topic) = await StartAsync();
        await using var _1 = service;
        using var log = service.Open();
        await log.AppendAsync(ParkedService.Entries(1, 10), CancellationToken.None);
        await ParkedService.ReadAsync(log, 0, 10);
        var tail = log.ReadAsync(ParkedLogCursor.Tail, 10, 1, Timeout.InfiniteTimeSpan, CancellationToken.None);
        using var admin = (await broker.Cluster).CreateAdminClient();

        await admin.DeleteTopicsAsync([topic]);

        var gone = await Assert.ThrowsAsync<ParkedLogException>(() => tail.WaitAsync(ParkedService.Patience));
        Assert.True(gone.IsRefused, gone.Message);
        Assert.Contains($"--create --topic {topic}", gone.Message, StringComparison.Ordinal);
        await (await broker.Cluster).CreateTopicAsync(topic, 1);
        var other = await ParkedService.UntilAsync(() => log.ReadAsync(ParkedLogCursor.Tail, 10, 1, TimeSpan.Zero, CancellationToken.None));
        Assert.Equal((0, 10, 0), (other.Records.Count, other.Next, other.LogEnd));
    }

    private async Task<(ParkedService Service, string Topic)> StartAsync(int partitions = 1, params KeyValuePair<string, string>[] config)
    {
        var topic = $"parked-{Guid.NewGuid():N}";
        var cluster = await broker.Cluster;
        await cluster.CreateTopicAsync(topic, partitions, config);
        return (new ParkedService(cluster.BootstrapServers, topic), topic);
    }
}
