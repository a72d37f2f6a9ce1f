using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests;

/// <summary>The clusters that the other tests stand on do what their names say.</summary>
public sealed class ClusterTests(SharedBroker broker)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task Events_of_the_console_producer_reach_a_consumer()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("from-console", partitions: 1);

        await kafka.ConsoleProduceAsync("from-console", ["a:1", "b:2"], keyed: true, Cancelled);

        Assert.Equal([("a", "1"), ("b", "2")], Read(kafka, "from-console", 2));
    }

    [BrokerFact]
    public async Task Events_of_a_producer_reach_the_console_consumer()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("to-console", partitions: 1);

        await ProduceAsync(kafka, "to-console", "1");
        await ProduceAsync(kafka, "to-console", "2");

        Assert.Equal(["1", "2"], await kafka.ConsoleConsumeAsync("to-console", 2, Cancelled));
    }

    [BrokerFact]
    public async Task A_tool_that_fails_says_what_it_printed()
    {
        KafkaCluster kafka = await broker.Cluster;

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => kafka.RunToolAsync("kafka-topics.sh", ["--describe", "--topic", "absent"], cancellationToken: Cancelled));

        Assert.Contains("Topic 'absent' does not exist", error.Message, StringComparison.Ordinal);
    }

    [BrokerFact]
    public async Task A_node_keeps_its_events_when_it_is_killed_stopped_or_frozen()
    {
        await using KafkaCluster kafka = await KafkaCluster.StartAsync(cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("kept", partitions: 1);
        await ProduceAsync(kafka, "kept", "before the crash");

        await kafka.KillAsync(1);
        await AssertRefusedAsync(kafka);
        await kafka.StartNodeAsync(1, Cancelled);
        await ProduceAsync(kafka, "kept", "before the stop");

        await kafka.StopNodeAsync(1);
        await AssertRefusedAsync(kafka);
        await kafka.StartNodeAsync(1, Cancelled);

        kafka.Pause(1);
        await AssertRefusedAsync(kafka);
        kafka.Resume(1);
        await ProduceAsync(kafka, "kept", "after the thaw");

        Assert.Equal(["before the crash", "before the stop", "after the thaw"], Read(kafka, "kept", 3).Select(e => e.Value));
    }

    [BrokerFact]
    public async Task Three_nodes_survive_the_crash_of_one()
    {
        await using KafkaCluster kafka = await KafkaCluster.StartAsync(nodes: 3, cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("orders", partitions: 1);
        await ProduceAsync(kafka, "orders", "1");
        int coordinated = await CoordinatedAsync(kafka, "a-group");
        int led = await kafka.LeaderOfAsync("orders", 0);

        await kafka.KillAsync(led);
        await ProduceAsync(kafka, "orders", "2");

        Assert.Equal(["1", "2"], Read(kafka, "orders", 2).Select(e => e.Value));
        Assert.NotEqual(led, await kafka.LeaderOfAsync("orders", 0));
        Assert.Contains(coordinated, kafka.Nodes);
        await kafka.StartNodeAsync(led, Cancelled);
    }

    [BrokerFact]
    public async Task Nothing_is_left_of_a_disposed_cluster()
    {
        KafkaCluster kafka = await KafkaCluster.StartAsync(cancellationToken: Cancelled);
        kafka.Pause(1);
        int[] processes = [.. kafka.ProcessIds];

        await kafka.DisposeAsync();

        Assert.NotEmpty(processes);
        Assert.All(processes, id => Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(id)));
        Assert.False(Directory.Exists(kafka.Folder));
    }

    // What a Kafka tool says about the coordinator agrees with what the cluster says.
    private static async Task<int> CoordinatedAsync(KafkaCluster kafka, string group)
    {
        await kafka.RunToolAsync(
            "kafka-console-consumer.sh",
            ["--topic", "orders", "--group", group, "--from-beginning", "--max-messages", "1"],
            cancellationToken: Cancelled);
        string state = await kafka.RunToolAsync(
            "kafka-consumer-groups.sh", ["--describe", "--group", group, "--state"], cancellationToken: Cancelled);
        int coordinator = await kafka.CoordinatorOfAsync(group);
        Assert.Contains($"({coordinator})", state, StringComparison.Ordinal);
        return coordinator;
    }

    private static async Task ProduceAsync(KafkaCluster kafka, string topic, string value)
    {
        using IProducer<Null, string> producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            EnableIdempotence = true,
        }).SetLogHandler(static (_, _) => { }).Build();
        await producer.ProduceAsync(topic, new Message<Null, string> { Value = value }, Cancelled).WaitAsync(s_patience, Cancelled);
    }

    private static async Task AssertRefusedAsync(KafkaCluster kafka)
    {
        using IProducer<Null, string> producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            MessageTimeoutMs = 1000,
        }).SetLogHandler(static (_, _) => { }).Build();
        var refused = await Assert.ThrowsAsync<ProduceException<Null, string>>(
            () => producer.ProduceAsync("kept", new Message<Null, string> { Value = "refused" }, Cancelled));
        Assert.Equal(ErrorCode.Local_MsgTimedOut, refused.Error.Code);
    }

    private static List<(string? Key, string Value)> Read(KafkaCluster kafka, string topic, int count)
    {
        using IConsumer<string?, string> consumer = new ConsumerBuilder<string?, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "reader-of-" + topic,
        }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));

        var events = new List<(string?, string)>();
        while (events.Count < count)
        {
            ConsumeResult<string?, string> result = consumer.Consume(s_patience) ?? throw new TimeoutException($"Only {events.Count} events came.");
            events.Add((result.Message.Key, result.Message.Value));
        }

        return events;
    }
}
