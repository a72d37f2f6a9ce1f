using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Transactions;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>Topics and a group of their own, and workers that write each event of the one topic once to the other, in transactions. Ends its workers when it is disposed.</summary>
internal sealed class TransactingRun : IAsyncDisposable
{
    private const int Partitions = 4;

    private readonly ProcessGuard _guard = new();
    private readonly KafkaCluster _kafka;
    private readonly string _name = Guid.NewGuid().ToString("N");

    // One for all that is produced: each must find a coordinator of its own ids, which takes long while a broker is away.
    private readonly IProducer<string, string> _producer;

    private TransactingRun(KafkaCluster kafka)
    {
        _kafka = kafka;
        _producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 5 })
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    public string Group => $"group-{_name}";

    private string Topic => $"in-{_name}";

    private string Output => $"out-{_name}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<TransactingRun> StartAsync(KafkaCluster kafka)
    {
        var run = new TransactingRun(kafka);
        await kafka.CreateTopicAsync(run.Topic, Partitions);
        await kafka.CreateTopicAsync(run.Output, Partitions);
        return run;
    }

    /// <summary>The transactional id of a worker with an instance id.</summary>
    public string TransactionalId(string instance) => $"{Group}-{instance}";

    public WorkerProcess Start(params string[] options) =>
        WorkerProcess.Start(_guard, _kafka, "transact", ["--topic", Topic, "--output", Output, "--group", Group, .. options]);

    public Task ProduceAsync(int first, int count) => Task.WhenAll(Enumerable.Range(first, count).Select(number =>
        _producer.ProduceAsync(Topic, new Message<string, string> { Key = KeyOf(number), Value = ValueOf(number) }, Cancelled)));

    /// <summary>Waits until the group has committed so many events, or a task has ended.</summary>
    public Task UntilCommittedAsync(int events, Task? or = null) => GroupOffsets.UntilAsync(_kafka, Topic, Partitions, Group, events, or, Cancelled);

    /// <summary>Waits until so many events are visible, where those that were parked come later than the positions say, and looks at them.</summary>
    public async Task AssertOnceWithParkedAsync(int events)
    {
        await UntilCommittedAsync(events);
        while (await Task.Run(() => Committed.Read(_kafka.BootstrapServers, Output, Partitions).Count, Cancelled) < events)
        {
            Cancelled.ThrowIfCancellationRequested();
        }

        await AssertOnceAsync(events);
    }

    /// <summary>Waits until the group has committed all of its input, and looks at what is visible then: each event once, and those of a key in their order.</summary>
    public async Task AssertOnceAsync(int events)
    {
        await UntilCommittedAsync(events);
        var visible = Committed.Read(_kafka.BootstrapServers, Output, Partitions);
        Assert.Equal(Enumerable.Range(0, events).Select(ValueOf).Order(StringComparer.Ordinal), visible.Order(StringComparer.Ordinal));
        foreach (var key in visible.GroupBy(static value => value.Split('-')[0])) Assert.Equal(key.Order(StringComparer.Ordinal), key);
    }

    public async ValueTask DisposeAsync()
    {
        await _guard.DisposeAsync();
        _producer.Dispose();
    }

    private static string KeyOf(int number) => $"k{number % 23}";

    private static string ValueOf(int number) => $"\"{KeyOf(number)}-{number:D5}\"";
}
