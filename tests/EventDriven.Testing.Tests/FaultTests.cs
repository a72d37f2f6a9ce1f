using System.Diagnostics;
using Confluent.Kafka;

namespace EventDriven.Testing.Tests;

public sealed class FaultTests : IDisposable
{
    private const string Topic = "events";
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(options => options.Brokers = 2);

    public FaultTests() => _kafka.CreateTopic(Topic, 2);

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_fault_of_produce_comes_as_often_as_asked_and_nothing_is_written()
    {
        using var producer = Clients.Producer(_kafka);
        _kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.InvalidRecord, times: 2);

        Assert.Equal(ErrorCode.InvalidRecord, await ProduceError(producer, 0));
        Assert.Equal(ErrorCode.InvalidRecord, await ProduceError(producer, 0));
        Assert.Equal(0, (await producer.ProduceAsync(new TopicPartition(Topic, 0), Clients.Text("one"))).Offset.Value);
    }

    [Theory]
    [InlineData(KafkaFault.NotEnoughReplicas)]
    [InlineData(KafkaFault.NotLeaderOrFollower)]
    [InlineData(KafkaFault.RequestTimedOut)]
    [InlineData(KafkaFault.Disconnect)]
    public async Task A_retriable_fault_of_produce_is_survived_without_loss_or_duplicate(KafkaFault fault)
    {
        using var producer = Clients.Producer(_kafka);
        _kafka.Faults.FailNext(KafkaRequest.Produce, fault, times: 2);

        Assert.Equal(0, (await producer.ProduceAsync(new TopicPartition(Topic, 0), Clients.Text("one"))).Offset.Value);
        Assert.Equal(1, (await producer.ProduceAsync(new TopicPartition(Topic, 0), Clients.Text("two"))).Offset.Value);
    }

    [Fact]
    public async Task A_fault_of_one_partition_leaves_the_others_alone()
    {
        using var producer = Clients.Producer(_kafka);
        _kafka.Faults.FailNextOnPartition(Topic, 1, KafkaRequest.Produce, KafkaFault.InvalidRecord, times: 2);

        Assert.Equal(ErrorCode.NoError, await ProduceError(producer, 0));
        Assert.Equal(ErrorCode.InvalidRecord, await ProduceError(producer, 1));
        Assert.Equal(ErrorCode.InvalidRecord, await ProduceError(producer, 1));
        Assert.Equal(ErrorCode.NoError, await ProduceError(producer, 1));
    }

    [Fact]
    public void A_fault_of_fetch_reaches_the_consumer()
    {
        using var producer = Clients.Producer(_kafka);
        producer.Produce(Topic, 0, 1);
        using var consumer = Clients.Consumer(_kafka, "group").Build();
        _kafka.Faults.FailNextOnPartition(Topic, 0, KafkaRequest.Fetch, KafkaFault.TopicAuthorizationFailed);

        consumer.Assign(new TopicPartitionOffset(Topic, 0, 0));

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, Assert.Throws<ConsumeException>(() => consumer.Next()).Error.Code);
        Assert.Equal("0", consumer.Next().Text());
    }

    [Fact]
    public void A_fault_of_commit_is_thrown_once()
    {
        using var producer = Clients.Producer(_kafka);
        producer.Produce(Topic, 0, 1);
        using var consumer = Clients.Subscribed(_kafka, "group", Topic);
        var record = consumer.Next();
        _kafka.Faults.FailNext(KafkaRequest.OffsetCommit, KafkaFault.GroupAuthorizationFailed);

        Assert.Equal(ErrorCode.GroupAuthorizationFailed, Assert.Throws<KafkaException>(() => consumer.Commit(record)).Error.Code);
        consumer.Commit(record);

        Assert.Equal(1, consumer.Committed([record.TopicPartition], Clients.Patience)[0].Offset.Value);
    }

    [Fact]
    public void A_fault_of_the_heartbeat_ends_a_member_as_a_broker_would()
    {
        using var consumer = Clients.Subscribed(_kafka, "group", Topic);
        _kafka.Faults.FailNext(KafkaRequest.ConsumerGroupHeartbeat, KafkaFault.UnreleasedInstanceId);

        var error = Assert.Throws<ConsumeException>(() => consumer.Next()).Error;

        Assert.Equal(ErrorCode.UnreleasedInstanceId, error.Code);
        Assert.True(error.IsFatal);
    }

    [Fact]
    public void A_fenced_transaction_can_be_shown()
    {
        using var producer = Clients.Producer(_kafka, config => config.TransactionalId = "writer");
        producer.InitTransactions(Clients.Patience);
        producer.BeginTransaction();
        producer.Produce(Topic, 0, 1);
        _kafka.Faults.FailNext(KafkaRequest.EndTransaction, KafkaFault.InvalidProducerEpoch);

        var error = Assert.Throws<KafkaException>(() => producer.CommitTransaction(Clients.Patience)).Error;

        Assert.Equal(ErrorCode.Local_Fenced, error.Code);
        Assert.True(error.IsFatal);
    }

    [Fact]
    public async Task Cleared_faults_do_not_come()
    {
        using var producer = Clients.Producer(_kafka);
        _kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.TopicAuthorizationFailed, times: 5);

        _kafka.Faults.Clear(KafkaRequest.Produce);

        Assert.Equal(ErrorCode.NoError, await ProduceError(producer, 0));
    }

    [Fact]
    public async Task A_delay_holds_one_request_and_latency_every_one()
    {
        using var producer = Clients.Producer(_kafka);
        _kafka.Faults.MoveLeader(Topic, 0, broker: 2);
        await ProduceError(producer, 0);

        _kafka.Faults.DelayNext(KafkaRequest.Produce, TimeSpan.FromMilliseconds(200), broker: 2);
        Assert.True(await Elapsed() >= 190);
        Assert.True(await Elapsed() < 190);

        _kafka.Faults.SetLatency(broker: 2, TimeSpan.FromMilliseconds(200));
        Assert.True(await Elapsed() >= 190);
        Assert.True(await Elapsed() >= 190);
        _kafka.Faults.SetLatency(TimeSpan.Zero);
        Assert.True(await Elapsed() < 190);

        async Task<double> Elapsed()
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(ErrorCode.NoError, await ProduceError(producer, 0));
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    [Fact]
    public async Task Stopped_brokers_are_waited_for_and_keep_their_records()
    {
        using var producer = Clients.Producer(_kafka);
        using var consumer = Clients.Subscribed(_kafka, "group", Topic);
        producer.Produce(Topic, 0, 1);
        Assert.Equal("0", consumer.Next().Text());

        _kafka.Faults.StopBrokers();
        var waiting = producer.ProduceAsync(new TopicPartition(Topic, 0), Clients.Text("two"));
        Assert.Null(consumer.Consume(TimeSpan.FromMilliseconds(100)));
        Assert.False(waiting.IsCompleted);
        _kafka.Faults.StartBrokers();

        Assert.Equal(1, (await waiting.WaitAsync(Clients.Patience, TestContext.Current.CancellationToken)).Offset.Value);
        Assert.Equal("two", consumer.Next().Text());
    }

    [Fact]
    public async Task One_broker_stops_and_the_leader_moves_to_the_other()
    {
        using var producer = Clients.Producer(_kafka);
        _kafka.Faults.MoveLeader(Topic, 0, broker: 1);
        producer.Produce(Topic, 0, 1);

        _kafka.Faults.StopBroker(1);
        _kafka.Faults.MoveLeader(Topic, 0, broker: 2);
        Assert.Equal(ErrorCode.NoError, await ProduceError(producer, 0));
        _kafka.Faults.StartBroker(1);
        _kafka.Faults.MoveLeader(Topic, 0, broker: 1);

        Assert.Equal(2, (await producer.ProduceAsync(new TopicPartition(Topic, 0), Clients.Text("three"))).Offset.Value);
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_waited_for_when_the_cluster_allows_it()
    {
        using var kafka = EmbeddedKafka.Start(options => options.AllowLeaderlessPartitions = true);
        kafka.CreateTopic(Topic, 1);
        using var producer = Clients.Producer(kafka);
        using var consumer = Clients.Subscribed(kafka, "group", Topic);
        producer.Produce(Topic, 0, 1);
        Assert.Equal("0", consumer.Next().Text());

        kafka.Faults.RemoveLeader(Topic, 0);
        var waiting = producer.ProduceAsync(new TopicPartition(Topic, 0), Clients.Text("two"));
        Assert.Null(consumer.Consume(TimeSpan.FromMilliseconds(200)));
        Assert.False(waiting.IsCompleted);
        kafka.Faults.MoveLeader(Topic, 0, broker: 1);

        Assert.Equal(1, (await waiting.WaitAsync(Clients.Patience, TestContext.Current.CancellationToken)).Offset.Value);
        Assert.Equal("two", consumer.Next().Text());
    }

    [Fact]
    public void A_commit_follows_the_coordinator()
    {
        using var producer = Clients.Producer(_kafka);
        producer.Produce(Topic, 0, 1);
        using var consumer = Clients.Subscribed(_kafka, "group", Topic);
        _kafka.Faults.MoveGroupCoordinator("group", broker: 1);
        var record = consumer.Next();

        _kafka.Faults.MoveGroupCoordinator("group", broker: 2);
        consumer.Commit(record);

        Assert.Equal(1, consumer.Committed([record.TopicPartition], Clients.Patience)[0].Offset.Value);
    }

    [Fact]
    public void Commands_in_quick_succession_do_not_wait_for_the_broker_thread_to_wake()
    {
        var watch = Stopwatch.StartNew();

        for (var index = 0; index < 50; index++)
            _kafka.Faults.SetLatency(TimeSpan.Zero);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    private static async Task<ErrorCode> ProduceError(IProducer<byte[]?, byte[]?> producer, int partition)
    {
        try
        {
            await producer.ProduceAsync(new TopicPartition(Topic, partition), Clients.Text("value"));
            return ErrorCode.NoError;
        }
        catch (ProduceException<byte[]?, byte[]?> exception)
        {
            return exception.Error.Code;
        }
    }
}
