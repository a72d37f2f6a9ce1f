using System.Collections.ObjectModel;
using Confluent.Kafka;
using EventDriven.Testing.Native;

namespace EventDriven.Testing;

/// <summary>
/// A Kafka cluster inside the test process, listening on 127.0.0.1: nothing to install, started in milliseconds, with faults on demand.
/// Any number can run at once. All members are thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// It is the mock cluster that lives in the Kafka client's own native library (librdkafka), so it speaks the real protocol to real clients.
/// It is good for producing, consuming, groups, commits, retries and broker failures. It is <b>not</b> a Kafka.
/// </para>
/// <para>
/// <b>It keeps 5 MiB and 100,000 batches per partition and silently drops the oldest beyond that</b>, acknowledged or not, read or not; a
/// batch of more than 5 MiB in a partition that holds others is unreadable at once. Spread larger volumes over more partitions, and end such
/// tests with <see cref="EnsureNothingEvictedAsync"/>. Data lives in memory and dies with the cluster.
/// </para>
/// <para>
/// It cannot show: <c>read_committed</c>, offsets committed in transactions, fencing of a second transactional producer, duplicates removed
/// for an idempotent producer, offsets by timestamp, security, the admin API (topics are created here, with <see cref="CreateTopic"/>, and
/// otherwise by producers and by asking for a topic's metadata), or Kafka's own latency. Delivery reports carry the timestamp 1234. Test those
/// on a real broker.
/// </para>
/// <para>
/// <b>Never call <c>ListConsumerGroupsAsync</c>, <c>ListGroups</c> or <c>DeleteGroupsAsync</c> of an admin client against it</b>: the client
/// corrupts its memory when a broker lacks these requests, and the whole process ends.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var kafka = EmbeddedKafka.Start();
/// kafka.CreateTopic("orders", partitions: 3);
/// kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.NotEnoughReplicas, times: 2);
/// </code>
/// </example>
public sealed class EmbeddedKafka : IAsyncDisposable, IDisposable
{
    private const int MaxPartitions = 10_000;
    private const int DefaultReplicationFactor = 3;

    private readonly MockCluster _cluster;
    private readonly ClusterObserver _observer;
    private readonly RetentionGuard _retention = new();
    private readonly int _replicationFactor;
    private int _disposed;

    private EmbeddedKafka(MockCluster cluster, EmbeddedKafkaOptions options)
    {
        _cluster = cluster;
        _replicationFactor = Math.Min(DefaultReplicationFactor, options.Brokers);
        BootstrapServers = cluster.Bootstraps;
        ConsumerSettings = SettingsFor(BootstrapServers, options.GroupProtocols);
        _observer = new ClusterObserver(BootstrapServers);
        Faults = new EmbeddedKafkaFaults(this, options);
    }

    /// <summary>The cluster's addresses, for <c>bootstrap.servers</c>: <c>127.0.0.1:port</c>, one per broker, separated by commas.</summary>
    public string BootstrapServers { get; }

    /// <summary>
    /// The settings that a raw consumer of this cluster should have; the library's own consumers get them by themselves.
    /// They are <c>bootstrap.servers</c>; <c>fetch.wait.max.ms</c> 10, because new records do not wake a waiting fetch here, which would add
    /// up to 500 milliseconds to each; <c>fetch.queue.backoff.ms</c> 10; and <c>group.protocol</c>, with short session and heartbeat intervals
    /// where it is the classic one. Copy them: <c>new ConsumerConfig(new Dictionary&lt;string, string&gt;(kafka.ConsumerSettings)) { GroupId = … }</c>.
    /// Producers and admin clients need only <see cref="BootstrapServers"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> ConsumerSettings { get; }

    /// <summary>What can be made to go wrong.</summary>
    public EmbeddedKafkaFaults Faults { get; }

    /// <summary>What the waiting helpers of this package ask the cluster.</summary>
    internal ClusterObserver Observer => _observer;

    /// <summary>Completes when the brokers are gone; only a disposed cluster has it.</summary>
    internal Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Starts a cluster. It takes milliseconds.</summary>
    /// <param name="configure">Changes the options; see <see cref="EmbeddedKafkaOptions"/> for the defaults.</param>
    /// <returns>The running cluster; dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="EmbeddedKafkaException">
    /// The native Kafka client cannot be loaded, lacks a function that this class needs, or cannot listen.
    /// </exception>
    public static EmbeddedKafka Start(Action<EmbeddedKafkaOptions>? configure = null)
    {
        var options = new EmbeddedKafkaOptions();
        configure?.Invoke(options);
        options.Validate();

        var cluster = MockCluster.Create(options.Brokers, options.MaxRequestBytes);
        try
        {
            Apply(options, cluster);
            return new EmbeddedKafka(cluster, options);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Creates a topic, with up to three replicas.</summary>
    /// <param name="name">The topic's name: 1 to 249 letters, digits, dots, underscores and hyphens.</param>
    /// <param name="partitions">The number of partitions, 1 to 10,000. The default value is 4.</param>
    /// <exception cref="ArgumentException">The name is not one that Kafka allows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of partitions is out of its range.</exception>
    /// <exception cref="EmbeddedKafkaException">The topic exists.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void CreateTopic(string name, int partitions = 4)
    {
        TopicName.ThrowIfInvalid(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partitions, MaxPartitions);
        Check(Cluster.CreateTopic(name, partitions, _replicationFactor), $"create topic {name}");
    }

    /// <summary>Deletes a topic with its records. Clients that use it learn so from their next request.</summary>
    /// <param name="name">The topic's name.</param>
    /// <exception cref="EmbeddedKafkaException">There is no such topic.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void DeleteTopic(string name)
    {
        TopicName.ThrowIfInvalid(name);
        _retention.Forget(name, () => Check(Cluster.DeleteTopic(name), $"delete topic {name}"));
    }

    /// <summary>
    /// Deletes the records of a partition below an offset, as retention does: the partition then starts at that offset.
    /// An offset at or below one that was deleted before changes nothing.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="beforeOffset">The first offset to keep; at most the partition's end.</param>
    /// <exception cref="ArgumentOutOfRangeException">The partition or the offset is negative.</exception>
    /// <exception cref="EmbeddedKafkaException">There is no such partition, or the offset is beyond its end.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void DeleteRecords(string topic, int partition, long beforeOffset)
    {
        TopicName.ThrowIfInvalid(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(beforeOffset);
        _retention.Delete(new TopicPartition(topic, partition), beforeOffset, () => Check(
            Cluster.DeleteRecords(topic, partition, beforeOffset),
            $"delete the records below offset {beforeOffset} of {topic} [{partition}]"));
    }

    /// <summary>
    /// Fails if a partition has dropped records by itself since it exists, because it grew beyond the 5 MiB or 100,000 batches that it can hold.
    /// Records that <see cref="DeleteRecords"/> deleted do not count. End tests of large volumes with it: a lost event could otherwise be the
    /// embedded broker's doing.
    /// </summary>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>A task that completes when nothing was dropped.</returns>
    /// <exception cref="EmbeddedKafkaException">Records were dropped (the message names the partitions), or the brokers do not answer.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public async Task EnsureNothingEvictedAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfDisposed();
        IReadOnlyDictionary<TopicPartition, Watermarks> watermarks;
        try
        {
            watermarks = await _observer.WatermarksAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException exception)
        {
            throw new EmbeddedKafkaException("The embedded brokers did not tell what they hold: " + exception.Error.Reason, exception);
        }

        _retention.ThrowIfEvicted(watermarks);
    }

    /// <summary>
    /// Ends the cluster. Clients may outlive it: they find no broker any more. Returns at once; the brokers go within about a second in the
    /// background, because the native library can take that long.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        Ended = Task.Factory.StartNew(
            () =>
            {
                _observer.Dispose();
                _cluster.Dispose();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <inheritdoc cref="Dispose" />
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal MockCluster Cluster
    {
        get
        {
            ThrowIfDisposed();
            return _cluster;
        }
    }

    internal void ThrowIfMissing(string topic, int partition)
    {
        // No native call tells whether a partition exists without creating its topic, but to delete beyond its end is refused if it does.
        var error = Cluster.DeleteRecords(topic, partition, long.MaxValue);
        if (error != (int)ErrorCode.OffsetOutOfRange)
            Check(error, $"find {topic} [{partition}]");
    }

    internal static void Check(int error, string operation)
    {
        if (error != 0)
            throw new EmbeddedKafkaException($"Embedded Kafka could not {operation}: {((ErrorCode)error).GetReason()}");
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);

    private static void Apply(EmbeddedKafkaOptions options, MockCluster cluster)
    {
        const short disabled = -1;

        // The default controller does not exist, and admin requests would wait for it until they time out.
        cluster.SetController(1);
        cluster.SetClassicGroups(initialRebalanceDelayMilliseconds: 0);
        cluster.SetConsumerGroups(
            (int)options.ConsumerGroupHeartbeatInterval.TotalMilliseconds, (int)options.ConsumerGroupSessionTimeout.TotalMilliseconds);

        if (!options.GroupProtocols.HasFlag(EmbeddedGroupProtocols.Classic))
            Check(cluster.SetVersions(KafkaRequest.JoinGroup, disabled, disabled), "turn the classic group protocol off");

        // Answered as an older broker does. Were it disabled, members would wait forever without a word.
        if (!options.GroupProtocols.HasFlag(EmbeddedGroupProtocols.Consumer))
            cluster.PushFaults(KafkaRequest.ConsumerGroupHeartbeat, KafkaFault.UnsupportedVersion, EmbeddedKafkaFaults.MaxTimes);

        if (options.AllowLeaderlessPartitions)
        {
            // Later versions make the brokers look at the leader that is not there.
            Check(cluster.SetVersions(KafkaRequest.Produce, 0, 9), "limit the versions of Produce");
            Check(cluster.SetVersions(KafkaRequest.Fetch, 0, 11), "limit the versions of Fetch");
        }
    }

    private static ReadOnlyDictionary<string, string> SettingsFor(string bootstrapServers, EmbeddedGroupProtocols protocols)
    {
        var settings = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = bootstrapServers,
            ["fetch.wait.max.ms"] = "10",
            ["fetch.queue.backoff.ms"] = "10",
        };
        if (protocols.HasFlag(EmbeddedGroupProtocols.Consumer))
        {
            settings["group.protocol"] = "consumer";
        }
        else
        {
            settings["group.protocol"] = "classic";
            settings["session.timeout.ms"] = "1500";
            settings["heartbeat.interval.ms"] = "300";
        }

        return settings.AsReadOnly();
    }
}
