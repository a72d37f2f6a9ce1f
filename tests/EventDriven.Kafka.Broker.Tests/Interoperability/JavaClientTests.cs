using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Broker.Tests.Interoperability;

/// <summary>What the Java client of Kafka's own tools writes we read, what we write it reads, and both put a key in the same place.</summary>
public sealed class JavaClientTests(SharedBroker broker)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task Events_of_the_console_producer_are_handled()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("java-to-net", partitions: 3);
        var handled = new ConcurrentBag<(string? Key, Order Order)>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = await ServiceHost.StartAsync(
            kafka,
            services => services.AddEventConsumer("java-to-net", "java-to-net", c => c.Handle<Order>((order, context, _) =>
            {
                handled.Add((context.Key is { } key ? Encoding.UTF8.GetString(key.Span) : null, order));
                if (handled.Count == 3)
                {
                    all.TrySetResult();
                }

                return ValueTask.CompletedTask;
            })),
            Cancelled);

        await kafka.ConsoleProduceAsync(
            "java-to-net",
            ["""o-1:{"id":"o-1","amount":9.95}""", """Bücher-鍵:{"id":"Bücher-鍵","amount":-1}""", """:{"id":"empty","amount":0}"""],
            keyed: true,
            Cancelled);
        await all.Task.WaitAsync(s_patience, Cancelled);
        await host.StopAsync(Cancelled);

        Assert.Equivalent(
            new (string?, Order)[] { ("o-1", new Order("o-1", 9.95m)), ("Bücher-鍵", new Order("Bücher-鍵", -1)), ("", new Order("empty", 0)) },
            handled,
            strict: true);
    }

    [BrokerFact]
    public async Task Events_of_a_producer_reach_the_console_consumer()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("net-to-java", partitions: 1);
        using var host = await ServiceHost.StartAsync(
            kafka, services => services.AddEventProducer<Order>("net-to-java", p => p.KeyedBy(order => order.Id)), Cancelled);
        var producer = host.Services.GetRequiredService<IEventProducer<Order>>();

        await producer.ProduceAsync(new Order("o-1", 9.95m), cancellationToken: Cancelled);
        await producer.ProduceAsync(new Order("Bücher-鍵", -1), cancellationToken: Cancelled);
        var printed = await kafka.RunToolAsync(
            "kafka-console-consumer.sh",
            ["--topic", "net-to-java", "--from-beginning", "--max-messages", "2", "--formatter-property", "print.key=true"],
            cancellationToken: Cancelled);
        await host.StopAsync(Cancelled);

        var lines = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToArray();
        Assert.Equal(["o-1", "Bücher-鍵"], lines.Select(line => line[0]));
        Assert.Equal(
            [new Order("o-1", 9.95m), new Order("Bücher-鍵", -1)],
            lines.Select(line => JsonSerializer.Deserialize<Order>(line[1], JsonSerializerOptions.Web)));
    }

    [BrokerFact]
    public async Task Keys_are_put_where_the_Java_producer_puts_them()
    {
        KafkaCluster kafka = await broker.Cluster;
        await kafka.CreateTopicAsync("partitioned", partitions: 13);
        using var host = await ServiceHost.StartAsync(
            kafka, services => services.AddEventProducer<string>("partitioned", p => p.KeyedBy(key => key)), Cancelled);
        var producer = host.Services.GetRequiredService<IEventProducer<string>>();
        var keys = Keys();

        await kafka.ConsoleProduceAsync("partitioned", keys.Select(key => key + ":java"), keyed: true, Cancelled);
        var java = Read(kafka, "partitioned", keys.Count);
        var ours = new Dictionary<string, int>();
        foreach (var receipt in await Task.WhenAll(keys.Select(async key => (Key: key, Receipt: await producer.ProduceAsync(key, cancellationToken: Cancelled)))))
        {
            ours.Add(receipt.Key, receipt.Receipt.Partition);
        }

        await host.StopAsync(Cancelled);
        Assert.Equal(java, ours);
        Assert.True(ours.Values.Distinct().Count() > 10);
    }

    // Keys of every length modulo four, which murmur2 treats apart, the empty one, and all planes of Unicode.
    private static List<string> Keys()
    {
        var random = new Random(4);
        string[] alphabet = ["a", "Z", "7", "-", " ", "é", "ß", "ж", "鍵", "€", "𝄞", "🙂", "\u0001", "\uFFFD"];
        var keys = new HashSet<string> { "", " ", "0", "鍵" };
        while (keys.Count < 400)
        {
            keys.Add(string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => alphabet[random.Next(alphabet.Length)])));
            keys.Add(random.NextInt64().ToString(CultureInfo.InvariantCulture));
        }

        return [.. keys];
    }

    private static Dictionary<string, int> Read(KafkaCluster kafka, string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "reader-of-" + topic,
            EnableAutoCommit = false,
        }).Build();
        consumer.Assign(Enumerable.Range(0, 13).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var partitions = new Dictionary<string, int>();
        while (partitions.Count < count)
        {
            var result = consumer.Consume(s_patience) ?? throw new TimeoutException($"Only {partitions.Count} of {count} keys came.");
            partitions.Add(result.Message.Key, result.Partition.Value);
        }

        return partitions;
    }

    private sealed record Order(string Id, decimal Amount);
}
