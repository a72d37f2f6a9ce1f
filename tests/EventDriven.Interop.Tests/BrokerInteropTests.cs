using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using EventDriven.Interop.Tests.Events;
using EventDriven.Interop.Tests.Peers;
using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Interop.Tests;

/// <summary>Through a broker: what Kafka's own console tools see of keys and values, in both directions, and what the clients of others make of it.</summary>
public sealed class BrokerInteropTests(SharedBroker broker, PeerPrograms peers, RealRegistry real)
{
    private const string HeaderEnd = "<header ends>";
    private const string KeyEnd = "<key ends>";
    private const string RecordEnd = "<record ends>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerTheory]
    [InlineData("AVRO", RegistryKind.Embedded, SchemaIdLocation.Prefix)]
    [InlineData("AVRO", RegistryKind.Real, SchemaIdLocation.Prefix)]
    [InlineData("JSON", RegistryKind.Embedded, SchemaIdLocation.Prefix)]
    [InlineData("JSON", RegistryKind.Real, SchemaIdLocation.Prefix)]
    [InlineData("PROTOBUF", RegistryKind.Embedded, SchemaIdLocation.Prefix)]
    [InlineData("PROTOBUF", RegistryKind.Real, SchemaIdLocation.Prefix)]
    [InlineData("PROTOBUF", RegistryKind.Embedded, SchemaIdLocation.Header)]
    public Task The_bytes_that_the_console_consumer_shows_are_read_by_all(string format, RegistryKind registry, SchemaIdLocation location) => format == "PROTOBUF"
        ? ShowAsync(format, registry, location, new Protos.Ping { Id = "p-1", Count = 3 }, new Protos.PingKey { Id = "p-1" })
        : ShowAsync(format, registry, location, new Ping("p-1", 3), new PingKey("p-1"));

    // Ids are 1 and 2 here: the console producer takes lines, and one of 10 would end its line. It takes them as UTF-8, which a GUID is not, so that there is no case with ids in headers.
    [BrokerTheory]
    [InlineData("AVRO")]
    [InlineData("JSON")]
    [InlineData("PROTOBUF")]
    public Task What_others_write_by_the_console_producer_is_handled(string format) => format == "PROTOBUF"
        ? HandleAsync(format, static id => new Protos.PingKey { Id = id }, static id => new Protos.Ping { Id = id, Count = 3 })
        : HandleAsync(format, static id => new PingKey(id), static id => new Ping(id, 3));

    private async Task ShowAsync<TEvent, TKey>(string format, RegistryKind registry, SchemaIdLocation location, TEvent sent, TKey sentKey)
        where TEvent : notnull
        where TKey : notnull
    {
        Assert.SkipUnless(PeerDistribution.IsPresent, PeerDistribution.HowToRun);
        await using var bench = await InteropBench.StartAsync(registry, real);
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(bench.Topic, partitions: 1);
        void Locate(SchemaSerializationOptions options) => options.SchemaIdLocation = location;
        using var host = await StartAsync(kafka, bench.Url, services => services.AddEventProducer<TEvent>(
            bench.Topic, p => p.KeyedBy(_ => sentKey).Key<TKey>(k => k.UseFormat(format, Locate)).UseFormat(format, Locate)));
        await host.Services.GetRequiredService<IEventProducer<TEvent>>().ProduceAsync(sent, Cancelled);

        var printed = await kafka.RunToolAsync(
            "kafka-console-consumer.sh",
            [
                "--topic", bench.Topic, "--from-beginning", "--max-messages", "1", "--formatter-property", "print.key=true", "--formatter-property", "print.headers=true",
                "--formatter-property", $"headers.separator={HeaderEnd}", "--formatter-property", $"key.separator={KeyEnd}", "--formatter-property", $"line.separator={RecordEnd}",
            ],
            printed: Encoding.Latin1,
            cancellationToken: Cancelled);
        await host.StopAsync(Cancelled);

        var parts = printed[..printed.IndexOf(RecordEnd, StringComparison.Ordinal)].Split(KeyEnd);
        var headers = parts[0].Split(HeaderEnd).Select(static header => header.Split(':', 2)).ToDictionary(static header => header[0], static header => Encoding.Latin1.GetBytes(header[1]));
        Assert.Equal(location is SchemaIdLocation.Header ? 2 : 0, headers.Keys.Count(static name => name is "__key_schema_id" or "__value_schema_id"));
        foreach (var kind in Enum.GetValues<PeerKind>())
        {
            var key = await peers[kind].ReadAsync(bench.Address(format, EventComponent.Key, PeerMessage.Of(sentKey)), new PeerRecord(Encoding.Latin1.GetBytes(parts[1]), headers));
            var value = await peers[kind].ReadAsync(bench.Address(format, EventComponent.Value, PeerMessage.Of(sent)), new PeerRecord(Encoding.Latin1.GetBytes(parts[2]), headers));
            Assert.Equal("""{"id":"p-1"}{"id":"p-1","count":3}""", key.ToJsonString() + value.ToJsonString());
        }
    }

    private async Task HandleAsync<TEvent, TKey>(string format, Func<string, TKey> keyOf, Func<string, TEvent> eventOf)
        where TEvent : notnull
        where TKey : notnull
    {
        Assert.SkipUnless(PeerDistribution.IsPresent, PeerDistribution.HowToRun);
        await using var bench = await InteropBench.StartAsync(RegistryKind.Embedded, real);
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(bench.Topic, partitions: 1);

        // Their serializers write by the latest schema, so there must be one of each.
        await bench.WriteAsync(bench.Serializer<TKey>(EventComponent.Key, builder => builder.UseFormat(format)), keyOf(""), EventComponent.Key);
        await bench.WriteAsync(bench.Serializer<TEvent>(EventComponent.Value, builder => builder.UseFormat(format)), eventOf(""), EventComponent.Value);
        var lines = new StringBuilder();
        foreach (var kind in Enum.GetValues<PeerKind>())
        {
            var (keyAddress, address) = (bench.Address(format, EventComponent.Key, PeerMessage.Of(keyOf(""))), bench.Address(format, EventComponent.Value, PeerMessage.Of(eventOf(""))));
            var key = await peers[kind].WriteAsync(keyAddress, new JsonObject { ["id"] = $"{kind}-1" }, header: false);
            var value = await peers[kind].WriteAsync(address, new JsonObject { ["id"] = $"{kind}-1", ["count"] = 3 }, header: false);
            lines.Append(Encoding.ASCII.GetString(key.Data)).Append(KeyEnd).Append(Encoding.ASCII.GetString(value.Data)).Append('\n');
        }

        var handled = new ConcurrentBag<(TKey, TEvent)>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var host = await StartAsync(kafka, bench.Url, services => services.AddEventConsumer(bench.Topic, bench.Topic, c => c.Key<TKey>(k => k.UseFormat(format)).UseFormat(format)
            .Handle<TEvent>((ping, context, _) =>
            {
                handled.Add((context.GetKey<TKey>(), ping));
                if (handled.Count == 2) all.TrySetResult();
                return ValueTask.CompletedTask;
            })));
        await kafka.RunToolAsync(
            "kafka-console-producer.sh", ["--topic", bench.Topic, "--reader-property", "parse.key=true", "--reader-property", $"key.separator={KeyEnd}"], lines.ToString(), cancellationToken: Cancelled);
        await all.Task.WaitAsync(Patience, Cancelled);
        await host.StopAsync(Cancelled);

        Assert.Equivalent(new[] { (keyOf("Node-1"), eventOf("Node-1")), (keyOf("Python-1"), eventOf("Python-1")) }, handled, strict: true);
    }

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
