using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>A process that is frozen for longer than its session lasts, and goes on when another has its partitions.</summary>
public sealed class FrozenProcessTests(SharedBroker broker) : IAsyncDisposable
{
    private const int Partitions = 2;
    private const int Keys = 8;
    private const int Each = 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly ProcessGuard _guard = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task Frozen_in_the_middle_of_its_handlers_and_thawed_when_another_has_gone_further_it_sets_no_offset_back(ConsumerGroupProtocol protocol)
    {
        KafkaCluster kafka = await broker.Cluster;
        var name = $"zombie-{protocol}".ToLowerInvariant();
        await kafka.CreateTopicAsync(name, Partitions);
        await kafka.RunToolAsync(
            "kafka-configs.sh", ["--alter", "--entity-type", "groups", "--entity-name", name, "--add-config", "consumer.session.timeout.ms=3000"], cancellationToken: Cancelled);
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 2, EnableIdempotence = true }).Build();
        await ProduceAsync(producer, name, Each);
        string[] options = ["--topic", name, "--group", name, "--policy", "dead-letter", "--drain-timeout", "4000", "--protocol", $"{protocol}"];

        // Its handlers end whatever they are told. Two events of each key have ended, of which the last are not committed yet, and the third are in their handlers.
        using var zombie = WorkerProcess.Start(_guard, kafka, "consume", [.. options, "--handle-ms", "500", "--heed", "false"]);
        for (var ended = 0; ended < 2 * Keys; ended++) await UntilEndedAsync(zombie);
        zombie.Freeze();
        using var watch = new OffsetWatch(kafka, name, name, Partitions);
        using var second = WorkerProcess.Start(_guard, kafka, "consume", options);
        await watch.UntilAsync(Keys * Each).WaitAsync(s_patience, Cancelled);

        zombie.Thaw();

        // It ends what it had begun, hears that its partitions are another's, joins again, and is given one.
        var isOwner = UntilEndedAsync(zombie, from: Each * Keys / Partitions);
        var produced = Each;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (!isOwner.IsCompleted)
        {
            await timer.WaitForNextTickAsync(Cancelled);
            await ProduceAsync(producer, name, 1);
            produced++;
        }

        await isOwner;
        await watch.UntilAsync(Keys * produced).WaitAsync(s_patience, Cancelled);
        Assert.Empty(watch.SetBack);

        (int Partition, int Offset)[] handled = [.. await StopAsync(second), .. await StopAsync(zombie)];
        Assert.Equal(Keys * produced, handled.Distinct().Count());
        Assert.Contains(handled, other => handled.Count(one => one == other) == 2);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    /// <summary>Writes events of each key, those of a key to one partition.</summary>
    private static Task<DeliveryResult<string, string>[]> ProduceAsync(IProducer<string, string> producer, string topic, int each) => Task.WhenAll(
        from number in Enumerable.Range(0, each)
        from key in Enumerable.Range(0, Keys)
        select producer.ProduceAsync(
            new TopicPartition(topic, key % Partitions), new Message<string, string> { Key = $"k{key}", Value = number.ToString(CultureInfo.InvariantCulture) }, Cancelled));

    /// <summary>Waits until a process has handled an event at an offset, or above it.</summary>
    private static Task<string> UntilEndedAsync(WorkerProcess worker, int from = 0) =>
        worker.UntilAsync(line => ReadEnd(line) is { } ended && ended.Offset >= from, Cancelled).WaitAsync(s_patience, Cancelled);

    /// <returns>What it has handled.</returns>
    private static async Task<IEnumerable<(int Partition, int Offset)>> StopAsync(WorkerProcess worker)
    {
        worker.Terminate();
        var (exitCode, lines) = await worker.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.Equal(0, exitCode);
        return lines.Select(ReadEnd).OfType<(int, int)>();
    }

    private static (int Partition, int Offset)? ReadEnd(string line) => line.Split(' ') is ["end", _, var partition, var offset, _]
        ? (int.Parse(partition, CultureInfo.InvariantCulture), int.Parse(offset, CultureInfo.InvariantCulture))
        : null;
}
