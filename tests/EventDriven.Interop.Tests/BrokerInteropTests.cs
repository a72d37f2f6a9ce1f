using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using EventDriven.Interop.Tests.Events;
using EventDriven.Interop.Tests.Peers;
using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Json;
using EventDriven.SchemaRegistry.Testing;
using EventDriven.SchemaRegistry.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Interop.Tests;

/// <summary>Through a broker: what Kafka's own console tools see of keys and values, in both directions, and what the clients of others make of it.</summary>
public sealed class BrokerInteropTests(SharedBroker broker, PeerPrograms peers, RealRegistry real)
{
    private const string KeyEnd = "<key ends>";
    private const string RecordEnd = "<record ends>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData("AVRO", RegistryKind.Real)]
    [InlineData("JSON", RegistryKind.Embedded)]
    public async Task The_bytes_that_the_console_consumer_shows_are_read_by_all(string format, RegistryKind registry)
    {
        Assert.SkipUnless(PeerDistribution.IsPresent, PeerDistribution.HowToRun);
        await using var bench = await InteropBench.StartAsync(registry, real);
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(bench.Topic, partitions: 1);
        using var host = await StartAsync(kafka, bench.Url, services => services.AddEventProducer<Ping>(
            bench.Topic, p => Use(p.KeyedBy(static ping => new PingKey(ping.Id)).Key<PingKey>(k => Use(k, format)), format)));
        await host.Services.GetRequiredService<IEventProducer<Ping>>().ProduceAsync(new Ping("p-1", 3), Cancelled);

        var printed = await kafka.RunToolAsync(
            "kafka-console-consumer.sh",
            [
                "--topic", bench.Topic, "--from-beginning", "--max-messages", "1", "--formatter-property", "print.key=true",
                "--formatter-property", $"key.separator={KeyEnd}", "--formatter-property", $"line.separator={RecordEnd}",
            ],
            cancellationToken: Cancelled);
        await host.StopAsync(Cancelled);

        var parts = printed[..printed.IndexOf(RecordEnd, StringComparison.Ordinal)].Split(KeyEnd);
        foreach (var kind in Enum.GetValues<PeerKind>())
        {
            var key = await peers[kind].ReadAsync(bench.Address(format, EventComponent.Key), Record(parts[0]));
            var value = await peers[kind].ReadAsync(bench.Address(format, EventComponent.Value), Record(parts[1]));
            Assert.Equal("""{"id":"p-1"}{"id":"p-1","count":3}""", key.ToJsonString() + value.ToJsonString());
        }
    }

    // Ids are 1 and 2 here: the console producer takes lines, and one of 10 would end its line.
    [BrokerTheory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    public async Task What_others_write_by_the_console_producer_is_handled(string format)
    {
        Assert.SkipUnless(PeerDistribution.IsPresent, PeerDistribution.HowToRun);
        await using var bench = await InteropBench.StartAsync(RegistryKind.Embedded, real);
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(bench.Topic, partitions: 1);

        // Their serializers write by the latest schema, so there must be one of each.
        await bench.WriteAsync(bench.Serializer<PingKey>(EventComponent.Key, builder => Use(builder, format)), new PingKey(""), EventComponent.Key);
        await bench.WriteAsync(bench.Serializer<Ping>(EventComponent.Value, builder => Use(builder, format)), new Ping("", 0), EventComponent.Value);
        var lines = new StringBuilder();
        foreach (var kind in Enum.GetValues<PeerKind>())
        {
            var key = await peers[kind].WriteAsync(bench.Address(format, EventComponent.Key), new JsonObject { ["id"] = $"{kind}-1" }, header: false);
            var value = await peers[kind].WriteAsync(bench.Address(format, EventComponent.Value), new JsonObject { ["id"] = $"{kind}-1", ["count"] = 3 }, header: false);
            lines.Append(Encoding.ASCII.GetString(key.Data)).Append(KeyEnd).Append(Encoding.ASCII.GetString(value.Data)).Append('\n');
        }

        var handled = new ConcurrentBag<(PingKey, Ping)>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = await StartAsync(kafka, bench.Url, services => services.AddEventConsumer(bench.Topic, bench.Topic, c => Use(c.Key<PingKey>(k => Use(k, format)), format)
            .Handle<Ping>((ping, context, _) =>
            {
                handled.Add((context.GetKey<PingKey>(), ping));
                if (handled.Count == 2) all.TrySetResult();
                return ValueTask.CompletedTask;
            })));
        await kafka.RunToolAsync(
            "kafka-console-producer.sh", ["--topic", bench.Topic, "--reader-property", "parse.key=true", "--reader-property", $"key.separator={KeyEnd}"], lines.ToString(), Cancelled);
        await all.Task.WaitAsync(Patience, Cancelled);
        await host.StopAsync(Cancelled);

        Assert.Equivalent(new[] { (new PingKey("Node-1"), new Ping("Node-1", 3)), (new PingKey("Python-1"), new Ping("Python-1", 3)) }, handled, strict: true);
    }

    private static PeerRecord Record(string printed) => new(Encoding.ASCII.GetBytes(printed), new Dictionary<string, byte[]>());

    private static TBuilder Use<TBuilder>(TBuilder builder, string format)
        where TBuilder : IEventSerializationBuilder => format == "AVRO" ? builder.UseAvro() : builder.UseJsonSchema();

    private static async Task<IHost> StartAsync(KafkaCluster kafka, string registry, Action<IServiceCollection> register)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = kafka.BootstrapServers);
        builder.Services.AddSchemaRegistry("SchemaRegistry", options => (options.Urls, options.AutoRegister) = ([registry], true));
        register(builder.Services);
        var host = builder.Build();
        await host.StartAsync(Cancelled);
        return host;
    }
}
