using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Benchmarks;

/// <summary>What every benchmark needs: a broker, topics with records, hosts as a user would build them.</summary>
internal sealed class BenchmarkRun : IAsyncDisposable
{
    private readonly EmbeddedKafka? _embedded;

    public BenchmarkRun(BenchmarkOptions options, CancellationToken stopping)
    {
        Options = options;
        Stopping = stopping;
        if (options.BootstrapServers is null) _embedded = EmbeddedKafka.Start();
        BootstrapServers = options.BootstrapServers ?? _embedded!.BootstrapServers;
    }

    public BenchmarkOptions Options { get; }

    public CancellationToken Stopping { get; }

    public string BootstrapServers { get; }

    public bool IsEmbedded => _embedded is not null;

    /// <summary>Progress goes to the error stream, results to the other.</summary>
    public void Say(string line) => Console.Error.WriteLine(line);

    /// <summary>How many events a round has. The embedded Kafka keeps only 5 MiB in a partition.</summary>
    public int Events(int real, int embedded) => Options.Events ?? (IsEmbedded ? embedded : real);

    /// <param name="partitions">How many partitions it has.</param>
    /// <param name="name">Its name; a new one where it does not matter.</param>
    public async Task<string> CreateTopicAsync(int partitions, string? name = null)
    {
        var topic = name ?? NewName();
        if (_embedded is not null)
        {
            _embedded.CreateTopic(topic, partitions);
            return topic;
        }

        // What has a name is for failed events: those get headers beside what they have, and stay until they are done.
        var config = name is null ? null : new Dictionary<string, string> { ["max.message.bytes"] = "2097152", ["retention.ms"] = "-1" };
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = -1, Configs = config }]);
        return topic;
    }

    public static string NewName() => $"benchmark-{Guid.NewGuid():N}";

    public void CreateEmbeddedTopic(string topic) => _embedded!.CreateTopic(topic, partitions: 1);

    public async Task DeleteTopicAsync(string topic)
    {
        if (_embedded is not null)
        {
            _embedded.DeleteTopic(topic);
            return;
        }

        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.DeleteTopicsAsync([topic]);
    }

    /// <summary>Makes a topic that holds records, spread over its partitions evenly.</summary>
    public async Task<string> FillTopicAsync(int partitions, int count, Func<int, Message<byte[]?, byte[]>> create, string? name = null)
    {
        var topic = await CreateTopicAsync(partitions, name);
        Say($"filling a topic with {count:N0} records");
        using var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
        {
            BootstrapServers = BootstrapServers,
            LingerMs = 20,
            QueueBufferingMaxMessages = 500_000,
        }).Build();
        var failed = 0;
        for (var i = 0; i < count; i++)
        {
            Stopping.ThrowIfCancellationRequested();
            var to = new TopicPartition(topic, i % partitions);
            while (!TryProduce(to, create(i))) await Task.Delay(1, Stopping);
            if ((i + 1) % 2_000_000 == 0) Say($"  {i + 1:N0}");
        }

        producer.Flush(Stopping);
        if (failed > 0) throw new InvalidOperationException($"{failed} records were not delivered to the broker.");

        return topic;

        bool TryProduce(TopicPartition to, Message<byte[]?, byte[]> message)
        {
            try
            {
                producer.Produce(to, message, report => failed += report.Error.IsError ? 1 : 0);
                return true;
            }
            catch (ProduceException<byte[]?, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                return false;
            }
        }
    }

    /// <summary>A host as a user builds it, without logging below warnings.</summary>
    public IHost CreateHost(Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection([new("Kafka:BootstrapServers", BootstrapServers)]);
        builder.AddEventDriven("Kafka");
        if (_embedded is not null) builder.Services.UseEmbeddedKafka(_embedded);
        register(builder.Services);
        return builder.Build();
    }

    /// <summary>The settings with which our consumer runs its client.</summary>
    public ConsumerConfig RawConsumerSettings() => new()
    {
        BootstrapServers = BootstrapServers,
        GroupId = Guid.NewGuid().ToString(),
        GroupProtocol = GroupProtocol.Consumer,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        EnableAutoCommit = true,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,
        FetchQueueBackoffMs = 5,
        QueuedMaxMessagesKbytes = 65_536,
        QueuedMinMessages = 50_000,

        // New records do not wake a waiting fetch of the embedded Kafka.
        FetchWaitMaxMs = IsEmbedded ? 10 : null,
    };

    public ValueTask DisposeAsync() => _embedded?.DisposeAsync() ?? default;
}
