using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>
/// A Kafka cluster in KRaft mode on the loopback interface, started from the distribution that KAFKA_HOME names; each node is broker and
/// controller, and nodes are numbered from 1. Nodes can be crashed, frozen, stopped and started again. Processes and data are gone after
/// dispose, and also when the test run dies. Not thread-safe as to the life of one node.
/// </summary>
public sealed class KafkaCluster : IAsyncDisposable
{
    private static readonly TimeSpan s_metadataTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_settleTimeout = TimeSpan.FromMinutes(1);

    private readonly ProcessGuard _guard = new();
    private readonly KafkaNode[] _nodes;

    private KafkaCluster(int nodes, IReadOnlyList<KafkaListener> listeners)
    {
        int each = 2 + listeners.Count;
        int[] ports = FreePorts.Take(each * nodes);
        _nodes = [.. Enumerable.Range(0, nodes).Select(i => new KafkaNode(i + 1, ports[each * i], ports[each * i + 1], _guard)
        {
            Listeners = [.. listeners.Select((l, n) => l with { Port = ports[each * i + 2 + n] })],
        })];
    }

    /// <summary>A broker property: the classic group protocol only, as brokers before KIP-848 have it.</summary>
    public static KeyValuePair<string, string> WithoutKip848 { get; } = new("group.coordinator.rebalance.protocols", "classic");

    /// <summary>The addresses of all nodes, whether they run or not.</summary>
    public string BootstrapServers => string.Join(',', _nodes.Select(n => n.Address));

    /// <summary>The addresses of all nodes for one of the further listeners.</summary>
    public string BootstrapServersOf(string listener) =>
        string.Join(',', _nodes.Select(n => listener == "PLAINTEXT" ? n.Address : n.Listeners.Single(l => l.Name == listener).Address));

    /// <summary>The numbers of the nodes.</summary>
    public IEnumerable<int> Nodes => _nodes.Select(n => n.Id);

    internal string Folder => _guard.Folder;

    internal IEnumerable<int> ProcessIds => _nodes.Select(n => n.ProcessId).OfType<int>();

    private string Answering => string.Join(',', _nodes.Where(n => n is { IsRunning: true, IsFrozen: false }).Select(n => n.Address));

    /// <summary>Starts a cluster and returns when every node serves clients.</summary>
    /// <param name="nodes">How many: 1 or 3. With 3, replication factor 3 and two in-sync replicas to acknowledge a write.</param>
    /// <param name="properties">Broker properties to add or replace.</param>
    /// <param name="listeners">Listeners beside the one in plaintext, which this class itself uses.</param>
    /// <param name="cancellationToken">Ends what was started so far.</param>
    public static async Task<KafkaCluster> StartAsync(
        int nodes = 1,
        IEnumerable<KeyValuePair<string, string>>? properties = null,
        IReadOnlyList<KafkaListener>? listeners = null,
        CancellationToken cancellationToken = default)
    {
        var cluster = new KafkaCluster(nodes, listeners ?? []);
        try
        {
            await cluster.FormatAsync(properties ?? [], cancellationToken);
            await Task.WhenAll(cluster._nodes.Select(n => n.StartAsync(cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Crashes a node (SIGKILL); its data stays.</summary>
    public Task KillAsync(int node) => Node(node).KillAsync();

    /// <summary>Shuts a node down in an orderly way (SIGTERM).</summary>
    public Task StopNodeAsync(int node) => Node(node).StopAsync();

    /// <summary>Starts a crashed or stopped node again, with its data, and returns when it serves clients.</summary>
    public Task StartNodeAsync(int node, CancellationToken cancellationToken = default) => Node(node).StartAsync(cancellationToken);

    /// <summary>Freezes a node (SIGSTOP): connections stay open, nothing answers.</summary>
    public void Pause(int node) => Node(node).Freeze();

    /// <summary>Thaws a frozen node (SIGCONT).</summary>
    public void Resume(int node) => Node(node).Thaw();

    /// <summary>Creates a topic, replicated to all nodes, and returns when each partition has a leader.</summary>
    public async Task CreateTopicAsync(string name, int partitions, params IEnumerable<KeyValuePair<string, string>> config)
    {
        using IAdminClient admin = CreateAdminClient();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, Configs = new(config) }]);
        await SettleAsync(
            () => PartitionsOf(admin, name) is { } found && found.Count == partitions && found.All(p => p.Leader > 0),
            $"topic '{name}' has no leader for each of its {partitions} partitions");
    }

    /// <summary>The node that leads a partition now.</summary>
    public async Task<int> LeaderOfAsync(string topic, int partition)
    {
        using IAdminClient admin = CreateAdminClient();
        int leader = -1;
        await SettleAsync(
            () => (leader = PartitionsOf(admin, topic)?.Find(p => p.PartitionId == partition)?.Leader ?? -1) > 0,
            $"{topic}[{partition}] has no leader");
        return leader;
    }

    /// <summary>The node that coordinates a group now. Needs a group to have been coordinated once in this cluster.</summary>
    public Task<int> CoordinatorOfAsync(string group) => CoordinatorAsync("__consumer_offsets", group);

    /// <summary>The node that coordinates the transactions of a transactional id now. Needs a transaction to have been there once in this cluster.</summary>
    public Task<int> TransactionCoordinatorOfAsync(string transactionalId) => CoordinatorAsync("__transaction_state", transactionalId);

    /// <summary>A client for administration that knows the nodes that answer now. The caller disposes it.</summary>
    public IAdminClient CreateAdminClient() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Answering }).SetLogHandler(static (_, _) => { }).Build();

    /// <summary>Runs a command-line tool of the distribution against this cluster and returns what it printed.</summary>
    /// <param name="script">Its name in the distribution's <c>bin</c>, as <c>kafka-consumer-groups.sh</c>.</param>
    /// <param name="arguments">Its arguments without <c>--bootstrap-server</c>.</param>
    /// <param name="input">What it reads from its standard input.</param>
    /// <param name="printed">How what it prints is read; <see cref="Encoding.Latin1"/> keeps all bytes as they are. The default value is null: as text of the machine.</param>
    /// <param name="cancellationToken">Ends the tool.</param>
    /// <exception cref="InvalidOperationException">The tool reported an error; the message has all it printed.</exception>
    public Task<string> RunToolAsync(string script, string[] arguments, string? input = null, Encoding? printed = null, CancellationToken cancellationToken = default) =>
        KafkaTool.RunAsync(_guard, script, ["--bootstrap-server", Answering, .. arguments], input, cancellationToken, printed);

    /// <summary>Writes values, or <c>key:value</c> lines, with Kafka's own console producer.</summary>
    public Task ConsoleProduceAsync(string topic, IEnumerable<string> lines, bool keyed = false, CancellationToken cancellationToken = default)
    {
        string[] key = keyed ? ["--reader-property", "parse.key=true", "--reader-property", "key.separator=:"] : [];
        return RunToolAsync(
            "kafka-console-producer.sh", ["--topic", topic, .. key], string.Concat(lines.Select(l => l + "\n")), cancellationToken: cancellationToken);
    }

    /// <summary>Reads the first values of a topic with Kafka's own console consumer.</summary>
    public async Task<string[]> ConsoleConsumeAsync(string topic, int count, CancellationToken cancellationToken = default)
    {
        string[] arguments = ["--topic", topic, "--from-beginning", "--max-messages", count.ToString(CultureInfo.InvariantCulture)];
        string output = await RunToolAsync("kafka-console-consumer.sh", arguments, cancellationToken: cancellationToken);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Kills all nodes and removes their data.</summary>
    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private async Task<int> CoordinatorAsync(string topic, string name)
    {
        using IAdminClient admin = CreateAdminClient();
        int partitions = 0;
        await SettleAsync(() => (partitions = PartitionsOf(admin, topic)?.Count ?? 0) > 0, $"there is no topic {topic}: nothing was coordinated here yet");

        // As the broker does it: Java's String.hashCode without its sign.
        int hash = name.Aggregate(0, (hash, c) => unchecked(31 * hash + c));
        return await LeaderOfAsync(topic, (hash & int.MaxValue) % partitions);
    }

    private static List<PartitionMetadata>? PartitionsOf(IAdminClient admin, string topic) =>
        admin.GetMetadata(topic, s_metadataTimeout).Topics.Find(t => t.Topic == topic && !t.Error.IsError)?.Partitions;

    // Brokers tell nobody when they have learnt of a topic or a leader, so this is asked for again and again.
    private static async Task SettleAsync(Func<bool> settled, string problem)
    {
        using var limit = new CancellationTokenSource(s_settleTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!settled())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"After {s_settleTimeout.TotalSeconds} s, {problem}.");
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task FormatAsync(IEnumerable<KeyValuePair<string, string>> properties, CancellationToken cancellationToken)
    {
        string voters = string.Join(',', _nodes.Select(n => $"{n.Id}@{n.ControllerAddress}"));
        string clusterId = NewClusterId();
        await Task.WhenAll(_nodes.Select(async node =>
        {
            Dictionary<string, string> settings = BrokerProperties.For(node, voters, _nodes.Length);
            foreach ((string name, string value) in properties)
            {
                settings[name] = value;
            }

            await File.WriteAllLinesAsync(node.PropertiesFile, settings.Select(s => $"{s.Key}={s.Value}"), cancellationToken);
            await KafkaTool.RunAsync(
                _guard, "kafka-storage.sh", ["format", "-t", clusterId, "-c", node.PropertiesFile], input: null, cancellationToken);
        }));
    }

    // 16 bytes in URL-safe base 64 without padding; the leading zero keeps it from looking like an option of the command line.
    private static string NewClusterId()
    {
        byte[] id = Guid.NewGuid().ToByteArray();
        id[0] = 0;
        return Convert.ToBase64String(id).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private KafkaNode Node(int number) => Array.Find(_nodes, n => n.Id == number)
        ?? throw new ArgumentOutOfRangeException(nameof(number), number, $"Nodes are numbered from 1 to {_nodes.Length}.");
}
