using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Transactions;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>Topics and a group of their own, and workers that write each event of the one topic once to the other, in transactions. Ends its workers when it is disposed.</summary>
internal sealed class TransactingRun : IAsyncDisposable
{
    private readonly ProcessGuard _guard = new();
    private readonly KafkaCluster _kafka;
    private readonly int _partitions;
    private readonly string _name = Guid.NewGuid().ToString("N");

    // One for all that is produced: each must find a coordinator of its own ids, which takes long while a broker is away.
    private readonly IProducer<string, string> _producer;

    private TransactingRun(KafkaCluster kafka, int partitions)
    {
        _kafka = kafka;
        _partitions = partitions;
        _producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 5 })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    public string Group => $"group-{_name}";

    public string Topic => $"in-{_name}";

    public string Output => $"out-{_name}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<TransactingRun> StartAsync(KafkaCluster kafka, int partitions = 4)
    {
        var run = new TransactingRun(kafka, partitions);
        await kafka.CreateTopicAsync(run.Topic, partitions);
        await kafka.CreateTopicAsync(run.Output, partitions);
        return run;
    }

    /// <summary>The transactional id of a worker with an instance id.</summary>
    public string TransactionalId(string instance) => $"{Group}-{instance}";

    public WorkerProcess Start(params string[] options) =>
        WorkerProcess.Start(_guard, _kafka, "transact", ["--topic", Topic, "--output", Output, "--group", Group, .. options]);

    public Task ProduceAsync(int first, int count) => Task.WhenAll(Enumerable.Range(first, count).Select(number =>
        _producer.ProduceAsync(Topic, new Message<string, string> { Key = KeyOf(number), Value = ValueOf(number) }, Cancelled)));

    /// <summary>Waits until the group has committed so many events, or a task has ended.</summary>
    public Task UntilCommittedAsync(int events, Task? or = null) => GroupOffsets.UntilAsync(_kafka, Topic, _partitions, Group, events, or, Cancelled);

    /// <summary>Waits until so many events are visible, where those that were parked come later than the positions say, and looks at them.</summary>
    public async Task AssertOnceWithParkedAsync(int events)
    {
        await UntilVisibleAsync(events);
        await AssertOnceAsync(events);
    }

    /// <summary>
    /// Waits until so many events are visible, and looks at them, in whatever order, and at the retry topics: there each that has failed, as the workers are told, is once at each step that
    /// it took.
    /// </summary>
    public async Task AssertOnceThroughRetryTopicsAsync(int events, int failEvery)
    {
        await UntilVisibleAsync(events);
        var failed = Enumerable.Range(0, events).Where(number => number % failEvery == 0);
        AssertVisible(failed, Read($"{Group}--{Topic}--retry-50ms"));
        AssertVisible(failed, Read($"{Group}--{Topic}--retry-200ms"));
        AssertVisible([], Read($"{Group}--{Topic}--retry-1s"));
        AssertVisible(Enumerable.Range(0, events), Read(Output));
    }

    /// <summary>Waits until the group has committed all of its input, and looks at what is visible then: each event once, and those of a key in their order.</summary>
    public async Task AssertOnceAsync(int events)
    {
        await UntilCommittedAsync(events);
        var visible = Read(Output);
        AssertVisible(Enumerable.Range(0, events), visible);
        foreach (var key in visible.GroupBy(static value => value.Split('-')[0])) Assert.Equal(key.Order(StringComparer.Ordinal), key);
    }

    public async ValueTask DisposeAsync()
    {
        await _guard.DisposeAsync();
        _producer.Dispose();
    }

    private static void AssertVisible(IEnumerable<int> expected, IReadOnlyList<string> visible) =>
        Assert.Equal(expected.Select(ValueOf).Order(StringComparer.Ordinal), visible.Order(StringComparer.Ordinal));

    private async Task UntilVisibleAsync(int events)
    {
        await UntilCommittedAsync(events);
        while (await Task.Run(() => Read(Output).Count, Cancelled) < events) Cancelled.ThrowIfCancellationRequested();
    }

    private IReadOnlyList<string> Read(string topic) => Committed.Read(_kafka.BootstrapServers, topic, _partitions);

    private static string KeyOf(int number) => $"k{number % 23}";

    private static string ValueOf(int number) => $"\"{KeyOf(number)}-{number:D5}\"";
}
