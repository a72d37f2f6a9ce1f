using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Records that are taken from the client many at a time, while the group, the user and transactions come in between.</summary>
public sealed class RecordSourceTests(SharedBroker broker)
{
    private const int Partitions = 6;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_stopBudget = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task Members_that_come_and_go_at_full_speed_lose_and_repeat_nothing(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var topic = $"come-and-go-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(topic, Partitions);
        var pipeline = new RecordingPipeline();
        EventConsumer Start() => Member.Start(kafka, topic, topic, pipeline, options =>
        {
            options.GroupProtocol = protocol;
            options.MaxBufferedRecords = 2_000;
        });

        var produced = 0;
        async Task ProduceUntilHandledBy(EventConsumer member)
        {
            var handled = member.WaitUntilAsync(static state => state.Finished >= 1_000, Cancelled).WaitAsync(s_patience, Cancelled);
            while (!handled.IsCompleted)
            {
                await Task.Run(() => Fill(kafka, topic, 20_000), Cancelled);
                produced += 20_000;
            }

            await handled;
        }

        var staying = Start();
        await ProduceUntilHandledBy(staying);
        for (var round = 0; round < 4; round++)
        {
            var guest = Start();
            await ProduceUntilHandledBy(guest);
            Assert.True(await guest.StopAsync(s_stopBudget));
        }

        await staying.WaitUntilAsync(
            state => state.Assignments.Count == Partitions && state.Assignments.All(assignment => assignment.IsAtEnd), Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await staying.StopAsync(s_stopBudget));

        Assert.Equal(produced, pipeline.Handled.Count);
        Assert.Equal(0, pipeline.Duplicates);
        Assert.Equal(produced, Member.CommittedSum(kafka, topic, topic, Partitions));
    }

    [BrokerFact]
    public async Task Seeks_back_and_pauses_in_the_middle_of_a_backlog_leave_nothing_out()
    {
        const int Count = 100_000;
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("sought", partitions: 1);
        Fill(kafka, "sought", Count, partitions: 1);
        var pipeline = new RecordingPipeline();
        var consumer = Member.Start(kafka, "sought", "sought", pipeline, options => options.MaxBufferedRecords = 2_000);
        var partition = new PartitionId("sought", 0);

        for (var round = 1; round <= 5; round++)
        {
            await consumer.WaitUntilAsync(state => state.Assignments is [{ Position: var position }] && position >= round * 15_000, Cancelled)
                .WaitAsync(s_patience, Cancelled);
            consumer.SetPaused(true);
            consumer.SetPaused(false);
            await consumer.SeekAsync(partition, round * 10_000).WaitAsync(s_patience, Cancelled);
        }

        await consumer.WaitUntilAsync(static state => state.Assignments is [{ Position: Count, IsAtEnd: true }], Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await consumer.StopAsync(s_stopBudget));

        Assert.Equal(Count, pipeline.Handled.Count);
        Assert.Equal(Count, Member.CommittedSum(kafka, "sought", "sought", 1));

        // What was sought back to is handled again, to its end.
        Assert.All(Enumerable.Range(50_000, 25_000), offset => Assert.InRange(pipeline.Handled[(0, offset)], 2, 6));
    }

    [BrokerFact]
    public async Task Transactions_leave_gaps_and_markers_which_pauses_pass_over()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("transactions", partitions: 1);
        var written = new List<long>();
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, TransactionalId = "t" }).Build())
        {
            producer.InitTransactions(s_patience);
            for (var transaction = 0; transaction < 60; transaction++)
            {
                producer.BeginTransaction();
                var receipts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => producer.ProduceAsync("transactions", new Message<Null, string> { Value = "" }, Cancelled)));
                if (transaction % 3 == 1)
                {
                    producer.AbortTransaction();
                }
                else
                {
                    producer.CommitTransaction();
                    written.AddRange(receipts.Select(static receipt => receipt.Offset.Value));
                }
            }
        }

        // 20 records that can be handed to handlers at most, so that it is paused again and again.
        var pipeline = new RecordingPipeline(static async (_, _) => await Task.Yield());
        var consumer = Member.Start(kafka, "transactions", "transactions", pipeline, options => options.MaxBufferedRecords = 20);
        await consumer.WaitUntilAsync(static state => state.Assignments is [{ IsAtEnd: true, Position: 60 * 21 }], Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.True(await consumer.StopAsync(s_stopBudget));

        Assert.Equal(written, pipeline.Handled.Keys.Select(static handled => handled.Offset).Order());
        Assert.Equal(0, pipeline.Duplicates);
        Assert.Equal(60 * 21, Member.CommittedSum(kafka, "transactions", "transactions", 1));
    }

    /// <summary>Writes records as fast as the client can, in turn to each partition.</summary>
    private static void Fill(KafkaCluster kafka, string topic, int count, int partitions = Partitions)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(
            new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 20, QueueBufferingMaxMessages = count + 1 }).Build();
        var value = new byte[100];
        var failed = 0;
        for (var i = 0; i < count; i++)
        {
            producer.Produce(new TopicPartition(topic, i % partitions), new Message<Null, byte[]> { Value = value }, report => failed += report.Error.IsError ? 1 : 0);
        }

        producer.Flush(Cancelled);
        Assert.Equal(0, failed);
    }
}
