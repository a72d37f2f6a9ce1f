using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Engine;
using EventDriven.Kafka.Broker.Tests.Interoperability;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>Dead letters put back by processes that are killed, and purged, on a real broker.</summary>
public sealed class RedriveTests(SharedBroker broker) : IAsyncDisposable
{
    private const int Partitions = 3;
    private const int Letters = 3_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private readonly ProcessGuard _guard = new();
    private readonly string _source = $"orders-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string DeadLetters => $"billing--{_source}--dlq";

    [BrokerFact]
    public async Task A_run_that_is_killed_and_run_again_puts_back_each_dead_letter_and_few_of_them_twice()
    {
        var kafka = await broker.Cluster;
        await PrepareAsync(kafka);
        const int Interval = 200;
        const int Rate = 1_000;
        var kills = 0;
        while (true)
        {
            // Killed again and again, each time a little further on.
            using var run = WorkerProcess.Start(
                _guard, kafka, "redrive", "--topic", DeadLetters, "--commit-interval", $"{Interval}", "--max-per-second", $"{Rate}", "--die-after", kills < 3 ? "700" : "0");
            var (exitCode, lines) = await run.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);
            if (exitCode == 0)
            {
                Assert.EndsWith("left 0 complete True", lines[^1], StringComparison.Ordinal);
                break;
            }

            kills++;
        }

        Assert.Equal(3, kills);
        var written = Read(kafka, _source);
        Assert.Equal(Enumerable.Range(0, Letters), written.Distinct().Order());

        // What was written since the last commit: an interval, and what it takes the client and the broker to commit.
        Assert.InRange(written.Count - Letters, 0, kills * (Interval + 400) * Rate / 1_000);
    }

    [BrokerFact]
    public async Task Dead_letters_are_deleted_only_where_their_number_is_confirmed()
    {
        var kafka = await broker.Cluster;
        await PrepareAsync(kafka);
        using var host = await ServiceHost.StartAsync(kafka, static _ => { }, Cancelled);
        var letters = host.Services.GetRequiredService<IDeadLetters>();
        var count = await letters.CountAsync(DeadLetters, 1, 400, Cancelled);

        var refused = await Assert.ThrowsAsync<DeadLetterException>(() => letters.PurgeAsync(DeadLetters, 1, 400, count - 1, Cancelled));
        Assert.Contains($"has {count} dead letter(s) below offset 400", refused.Message, StringComparison.Ordinal);
        Assert.Equal(count, await letters.CountAsync(DeadLetters, 1, 400, Cancelled));

        await letters.PurgeAsync(DeadLetters, 1, 400, count, Cancelled);

        Assert.Equal((400, 0), (count, await letters.CountAsync(DeadLetters, 1, 400, Cancelled)));
        Assert.Equal(Letters - 400, Read(kafka, DeadLetters).Count);
        await host.StopAsync(Cancelled);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    /// <summary>Writes dead letters as a consumer does.</summary>
    private async Task PrepareAsync(KafkaCluster kafka)
    {
        await kafka.CreateTopicAsync(_source, Partitions);
        await kafka.CreateTopicAsync(DeadLetters, Partitions);
        using var producer = new ProducerBuilder<byte[]?, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 5 }).Build();
        await Task.WhenAll(Enumerable.Range(0, Letters).Select(number => producer.ProduceAsync(
            new TopicPartition(DeadLetters, number % Partitions),
            new Message<byte[]?, string>
            {
                Value = number.ToString(CultureInfo.InvariantCulture),
                Headers = new Headers
                {
                    { "eventdriven-original-topic", Encoding.UTF8.GetBytes(_source) },
                    { "eventdriven-original-partition", Encoding.UTF8.GetBytes($"{number % Partitions}") },
                    { "eventdriven-original-offset", Encoding.UTF8.GetBytes($"{number / Partitions}") },
                    { "eventdriven-group", "billing"u8.ToArray() },
                },
            },
            Cancelled)));
    }

    private static List<int> Read(KafkaCluster kafka, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "reader", EnablePartitionEof = true }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var numbers = new List<int>();
        for (var ends = 0; ends < Partitions;)
        {
            var record = consumer.Consume(s_patience);
            if (record.IsPartitionEOF)
            {
                ends++;
            }
            else
            {
                numbers.Add(int.Parse(record.Message.Value, CultureInfo.InvariantCulture));
            }
        }

        return numbers;
    }
}
