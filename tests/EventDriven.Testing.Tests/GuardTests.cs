using System.Runtime.InteropServices;
using Confluent.Kafka;
using EventDriven.Testing.Native;

namespace EventDriven.Testing.Tests;

/// <summary>What would end the process, or make a fault that never comes, is refused.</summary>
public sealed class GuardTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(options => options.Brokers = 2);

    public GuardTests() => _kafka.CreateTopic("events", 2);

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_leader_is_removed_only_where_clients_cannot_end_the_process_by_it()
    {
        Assert.Throws<InvalidOperationException>(() => _kafka.Faults.RemoveLeader("events", 0));

        using var producer = Clients.Producer(_kafka);
        await producer.ProduceAsync(new TopicPartition("events", 0), Clients.Text("still led"));
    }

    [Fact]
    public void Members_with_different_assignors_cannot_meet_in_a_default_cluster()
    {
        foreach (var strategy in new[] { PartitionAssignmentStrategy.Range, PartitionAssignmentStrategy.CooperativeSticky })
        {
            using var consumer = Clients.Subscribed(_kafka, "group", "events", config =>
            {
                config.GroupProtocol = GroupProtocol.Classic;
                config.PartitionAssignmentStrategy = strategy;
            });
            Assert.Equal(ErrorCode.Local_UnsupportedFeature, Assert.Throws<ConsumeException>(() => consumer.Next()).Error.Code);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_number_of_brokers_or_partitions_that_cannot_be_is_refused(int number)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedKafka.Start(options => options.Brokers = number));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.CreateTopic("other", number));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("with space")]
    [InlineData("ünïcode")]
    public void A_name_that_no_topic_can_have_is_refused_everywhere(string name)
    {
        Assert.Throws<ArgumentException>(() => _kafka.CreateTopic(name));
        Assert.Throws<ArgumentException>(() => _kafka.DeleteTopic(name));
        Assert.Throws<ArgumentException>(() => _kafka.DeleteRecords(name, 0, 0));
        Assert.Throws<ArgumentException>(() => _kafka.Faults.MoveLeader(name, 0, 1));
    }

    [Fact]
    public void The_longest_name_is_accepted_and_a_longer_one_refused()
    {
        _kafka.CreateTopic(new string('a', 249), 1);
        Assert.Throws<ArgumentException>(() => _kafka.CreateTopic(new string('a', 250), 1));
    }

    [Fact]
    public async Task A_fault_for_a_partition_that_is_not_there_is_refused_and_creates_nothing()
    {
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.Faults.FailNextOnPartition("misspelt", 0, KafkaRequest.Produce, KafkaFault.InvalidRecord));
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.Faults.FailNextOnPartition("events", 2, KafkaRequest.Produce, KafkaFault.InvalidRecord));
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.Faults.MoveLeader("misspelt", 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.MoveLeader("events", -1, 1));

        var watermarks = await _kafka.Observer.WatermarksAsync(TestContext.Current.CancellationToken);
        Assert.All(watermarks.Keys, partition => Assert.Equal("events", partition.Topic));
    }

    [Fact]
    public async Task Looking_for_a_partition_does_not_touch_its_records()
    {
        using var producer = Clients.Producer(_kafka);
        producer.Produce("events", 0, 3);
        _kafka.DeleteRecords("events", 0, 1);

        _kafka.Faults.MoveLeader("events", 0, 2);

        var partition = new TopicPartition("events", 0);
        var watermarks = await _kafka.Observer.WatermarksAsync([partition], TestContext.Current.CancellationToken);
        Assert.Equal(new Watermarks(1, 3), watermarks[partition]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3)]
    public void A_broker_that_does_not_exist_is_refused(int broker)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.MoveLeader("events", 0, broker));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.MoveGroupCoordinator("group", broker));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.StopBroker(broker));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.StartBroker(broker));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.SetLatency(broker, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _kafka.Faults.DelayNext(KafkaRequest.Fetch, TimeSpan.FromMilliseconds(1), broker: broker));
    }

    [Fact]
    public void A_fault_that_would_never_come_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _kafka.Faults.FailNext(KafkaRequest.Metadata, KafkaFault.LeaderNotAvailable));
        Assert.Throws<ArgumentException>(() => _kafka.Faults.FailNext(KafkaRequest.JoinGroup, KafkaFault.UnknownMemberId));
        Assert.Throws<ArgumentException>(
            () => _kafka.Faults.FailNextOnPartition("events", 0, KafkaRequest.OffsetCommit, KafkaFault.UnknownTopicOrPartition));
        Assert.Throws<ArgumentException>(() => _kafka.Faults.FailNextOnPartition("events", 0, KafkaRequest.Fetch, KafkaFault.Disconnect));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.FailNext((KafkaRequest)99, KafkaFault.Disconnect));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.Disconnect, times: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.Disconnect, int.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.DelayNext(KafkaRequest.Produce, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.SetLatency(TimeSpan.FromDays(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _kafka.Faults.SetLatency(TimeSpan.FromMilliseconds(-1)));

        using var classic = EmbeddedKafka.Start(options => options.GroupProtocols = EmbeddedGroupProtocols.Classic);
        Assert.Throws<ArgumentException>(() => classic.Faults.Clear(KafkaRequest.ConsumerGroupHeartbeat));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Refused(nameof(EmbeddedKafkaOptions.GroupProtocols), options => options.GroupProtocols = EmbeddedGroupProtocols.None);
        Refused(nameof(EmbeddedKafkaOptions.GroupProtocols), options => options.GroupProtocols = (EmbeddedGroupProtocols)4);
        Refused(nameof(EmbeddedKafkaOptions.MaxRequestBytes), options => options.MaxRequestBytes = 999);
        Refused(nameof(EmbeddedKafkaOptions.ConsumerGroupSessionTimeout), options => options.ConsumerGroupSessionTimeout = TimeSpan.FromSeconds(1));
        Refused(nameof(EmbeddedKafkaOptions.ConsumerGroupHeartbeatInterval), options => options.ConsumerGroupHeartbeatInterval = TimeSpan.Zero);

        static void Refused(string property, Action<EmbeddedKafkaOptions> configure) =>
            Assert.Equal(property, Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddedKafka.Start(configure)).ParamName);
    }

    [Fact]
    public void Functions_that_the_native_library_lacks_are_named()
    {
        // Not this package's library, so none of the mock cluster's functions can be there.
        var library = NativeLibrary.GetMainProgramHandle();

        var missing = LibRdKafkaLoader.MissingExports(library, ["rd_kafka_mock_topic_create", "rd_kafka_mock_no_such_function"]);

        Assert.Contains("rd_kafka_mock_no_such_function", missing);
    }

    [Fact]
    public void The_native_library_is_the_one_that_the_client_uses()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Mapped files can be listed on Linux only.");

        var mapped = File.ReadLines("/proc/self/maps")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Last())
            .Where(path => path.EndsWith("rdkafka.so", StringComparison.Ordinal))
            .Distinct();

        Assert.Single(mapped);
    }
}
