using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Engine;
using EventDriven.Kafka.Broker.Tests.Interoperability;
using Microsoft.Extensions.DependencyInjection;
using QuickStart;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>The sample in a process of its own, run as its first lines say and killed as processes are.</summary>
public sealed partial class QuickStartTests(SharedBroker broker) : IAsyncDisposable
{
    private const int Partitions = 4;
    private const int Kills = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly ProcessGuard _guard = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task It_produces_handles_commits_and_ends_with_exit_code_0()
    {
        KafkaCluster kafka = await broker.Cluster;
        using var sample = WorkerProcess.StartQuickStart(_guard, kafka);

        var printed = await sample.Lines.ReadAllAsync(Cancelled).ToArrayAsync(Cancelled).AsTask().WaitAsync(s_patience, Cancelled);

        Assert.Equal(0, await sample.ExitCodeAsync(Cancelled));
        Assert.Contains("handled 1000 events of 50 orders, 0 out of order within their order", printed);
        Assert.Equal(LogEnd(kafka), Member.CommittedSum(kafka, "orders", "inventory", Partitions));
    }

    [BrokerFact]
    public async Task It_handles_what_the_console_producer_wrote_and_ends_on_SIGTERM()
    {
        KafkaCluster kafka = await broker.Cluster;
        using var sample = WorkerProcess.StartQuickStart(_guard, kafka, "--forever");
        Assert.Contains("until Ctrl+C", await UntilStartedAsync(sample), StringComparison.Ordinal);

        await kafka.ConsoleProduceAsync("orders", ["""console:{"orderId":"console","step":1,"amount":9.95}"""], keyed: true, Cancelled);
        while (!(await NextAsync(sample)).Contains("console step 1", StringComparison.Ordinal))
        {
        }

        sample.Terminate();
        Assert.Equal(0, await sample.ExitCodeAsync(Cancelled).WaitAsync(s_patience, Cancelled));
        Assert.Equal(LogEnd(kafka), Member.CommittedSum(kafka, "orders", "inventory", Partitions));
    }

    [BrokerFact]
    public async Task Killed_at_any_moment_and_started_again_it_loses_nothing()
    {
        KafkaCluster kafka = await broker.Cluster;
        await ForgetTheDeadSoonAsync(kafka);
        using (var first = WorkerProcess.StartQuickStart(_guard, kafka, "--forever"))
        {
            // Killed before its first event; the topic is there.
            await UntilStartedAsync(first);
            first.Kill();
            await first.ExitCodeAsync(Cancelled);
        }

        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var unhandled = await ProduceAsync(kafka, orders: 100, steps: 30);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var sample = WorkerProcess.StartQuickStart(_guard, kafka, "--forever");
            await UntilStartedAsync(sample);
            for (var left = random.Next(1, 500); left > 0 && unhandled.Count > 0; left--)
            {
                Note(await NextAsync(sample), unhandled);
            }

            sample.Kill();

            // What it wrote before it died is handled too.
            await foreach (var line in sample.Lines.ReadAllAsync(Cancelled))
            {
                Note(line, unhandled);
            }

            await sample.ExitCodeAsync(Cancelled);
        }

        Assert.NotEmpty(unhandled);
        using var last = WorkerProcess.StartQuickStart(_guard, kafka, "--forever");
        await UntilStartedAsync(last);
        while (unhandled.Count > 0)
        {
            Note(await NextAsync(last), unhandled);
        }

        last.Terminate();
        Assert.Equal(0, await last.ExitCodeAsync(Cancelled).WaitAsync(s_patience, Cancelled));
        Assert.Equal(LogEnd(kafka), Member.CommittedSum(kafka, "orders", "inventory", Partitions));
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private static void Note(string line, HashSet<(int Partition, long Offset)> unhandled)
    {
        if (Handled().Match(line) is { Success: true } match)
        {
            unhandled.Remove((int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
        }
    }

    private static async Task<string> UntilStartedAsync(WorkerProcess sample)
    {
        while (true)
        {
            var line = await NextAsync(sample);
            if (line.Contains("until Ctrl+C", StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    private static Task<string> NextAsync(WorkerProcess sample) => sample.Lines.ReadAsync(Cancelled).AsTask().WaitAsync(s_patience, Cancelled);

    private static async Task<HashSet<(int Partition, long Offset)>> ProduceAsync(KafkaCluster kafka, int orders, int steps)
    {
        using var host = await ServiceHost.StartAsync(
            kafka, services => services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.OrderId)), Cancelled);
        var producer = host.Services.GetRequiredService<IEventProducer<OrderPlaced>>();
        var receipts = await Task.WhenAll(
            from step in Enumerable.Range(1, steps)
            from order in Enumerable.Range(1, orders)
            select producer.ProduceAsync(new OrderPlaced($"order-{order}", step, order), cancellationToken: Cancelled));
        await host.StopAsync(Cancelled);
        return [.. receipts.Select(receipt => (receipt.Partition, receipt.Offset))];
    }

    // The group takes the partitions of a dead member back only when its session has timed out.
    private static Task<string> ForgetTheDeadSoonAsync(KafkaCluster kafka) => kafka.RunToolAsync(
        "kafka-configs.sh",
        ["--alter", "--entity-type", "groups", "--entity-name", "inventory", "--add-config", "consumer.session.timeout.ms=2000"],
        cancellationToken: Cancelled);

    private static long LogEnd(KafkaCluster kafka)
    {
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "reader-of-orders" }).Build();
        return Enumerable.Range(0, Partitions).Sum(partition => reader.QueryWatermarkOffsets(new TopicPartition("orders", partition), s_patience).High.Value);
    }

    [GeneratedRegex(@"^handled .* from orders\[(\d+)\] offset (\d+)$")]
    private static partial Regex Handled();
}
