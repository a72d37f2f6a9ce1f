using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Transactions;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>
/// Consumers with transactions in processes of their own that are killed, or frozen, at each step of a transaction, on three nodes: what is visible at the end is each input once.
/// <c>EVENTDRIVEN_TRANSACTION_RUNS</c> says how often each is done; 1 unless given.
/// </summary>
public sealed class TransactionCrashTests(TransactionCrashTests.Cluster cluster) : IClassFixture<TransactionCrashTests.Cluster>
{
    private const int Partitions = 4;
    private const int Events = 400;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_TRANSACTION_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 1;

    [BrokerTheory]
    [InlineData("begin:3", "Auto")]
    [InlineData("produce:150", "Auto")]
    [InlineData("offsets:2", "Auto")]
    [InlineData("commit:2", "Auto")]
    [InlineData("committed:2", "Auto")]
    [InlineData("offsets:2", "Classic")]
    [InlineData("commit:2", "Classic")]
    public async Task Killed_there_each_input_is_in_the_output_once(string halt, string protocol)
    {
        for (int run = 0; run < Runs; run++)
        {
            var kafka = await cluster.Kafka;
            using var guard = new GuardScope();
            var (topic, output, group) = await TopicsAsync(kafka);
            using var killed = Worker(guard, kafka, topic, output, group, "--halt", halt, "--protocol", protocol);
            await killed.UntilAsync(static line => line == "halted", Cancelled);
            killed.Kill();
            using var next = Worker(guard, kafka, topic, output, group, "--protocol", protocol);

            await AssertOnceAsync(kafka, topic, output, group);
        }
    }

    [BrokerTheory]
    [InlineData("produce:150")]
    [InlineData("offsets:2")]
    [InlineData("commit:2")]
    public async Task Frozen_for_longer_than_its_session_and_its_transaction_a_zombie_adds_nothing(string halt)
    {
        for (int run = 0; run < Runs; run++)
        {
            var kafka = await cluster.Kafka;
            using var guard = new GuardScope();
            var (topic, output, group) = await TopicsAsync(kafka);

            // It goes on right where it stood still, once it is thawed.
            using var zombie = Worker(guard, kafka, topic, output, group, "--halt", halt, "--halt-ms", "3000");
            await zombie.UntilAsync(static line => line == "halted", Cancelled);
            zombie.Freeze();
            using var next = Worker(guard, kafka, topic, output, group);
            await AssertOnceAsync(kafka, topic, output, group);

            zombie.Thaw();
            await ProduceAsync(kafka, topic, Events, Events);
            await AssertOnceAsync(kafka, topic, output, group, 2 * Events);
        }
    }

    private static WorkerProcess Worker(GuardScope guard, KafkaCluster kafka, string topic, string output, string group, params string[] options) =>
        WorkerProcess.Start(guard.Guard, kafka, "transact", ["--topic", topic, "--output", output, "--group", group, .. options]);

    private static async Task<(string Topic, string Output, string Group)> TopicsAsync(KafkaCluster kafka)
    {
        string name = Guid.NewGuid().ToString("N");
        await kafka.CreateTopicAsync($"in-{name}", Partitions);
        await kafka.CreateTopicAsync($"out-{name}", Partitions);
        await ProduceAsync(kafka, $"in-{name}", 0, Events);
        return ($"in-{name}", $"out-{name}", $"group-{name}");
    }

    private static async Task ProduceAsync(KafkaCluster kafka, string topic, int first, int count)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 5 }).Build();
        await Task.WhenAll(Enumerable.Range(first, count).Select(number => producer.ProduceAsync(
            topic, new Message<string, string> { Key = $"k{number % 23}", Value = $"\"k{number % 23}-{number:D5}\"" }, Cancelled)));
    }

    /// <summary>Waits until the group has committed all of its input, and looks at what is visible then.</summary>
    private static async Task AssertOnceAsync(KafkaCluster kafka, string topic, string output, string group, int events = Events)
    {
        using var admin = kafka.CreateAdminClient();
        while (await GroupOffsets.SumAsync(admin, topic, Partitions, group) < events) Cancelled.ThrowIfCancellationRequested();

        var visible = Committed.Read(kafka.BootstrapServers, output, Partitions);
        Assert.Equal(Enumerable.Range(0, events).Select(static number => $"\"k{number % 23}-{number:D5}\"").Order(StringComparer.Ordinal), visible.Order(StringComparer.Ordinal));

        // In the order of each key too.
        foreach (var key in visible.GroupBy(static value => value.Split('-')[0])) Assert.Equal(key.Order(StringComparer.Ordinal), key);
    }

    /// <summary>Ends the workers of one run.</summary>
    private sealed class GuardScope : IDisposable
    {
        public ProcessGuard Guard { get; } = new();

        public void Dispose() => Guard.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Three nodes, which look for transactions that have timed out each second.</summary>
    public sealed class Cluster : IAsyncDisposable
    {
        private readonly Lazy<Task<KafkaCluster>> _kafka = new(() => KafkaCluster.StartAsync(
            3, [new("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000")]));

        public Task<KafkaCluster> Kafka => _kafka.Value;

        public async ValueTask DisposeAsync()
        {
            if (_kafka.IsValueCreated) await (await _kafka.Value).DisposeAsync();
        }
    }
}
