using System.Globalization;
using EventDriven.Testing.Native;

namespace EventDriven.Testing;

/// <summary>
/// What can be made to go wrong in an <see cref="EmbeddedKafka"/>. All members are thread-safe and take effect before they return.
/// </summary>
/// <remarks>
/// Faults of requests are queues: each is used up by one request, in the order given. A fault counts for the next such request of
/// <b>any</b> client of the cluster. Delays (per broker) come before faults of the cluster, and those before faults of one partition.
/// A broker keeps its records and its address while it is stopped.
/// </remarks>
public sealed class EmbeddedKafkaFaults
{
    internal const int MaxTimes = 10_000;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromHours(1);

    private readonly EmbeddedKafka _kafka;
    private readonly int _brokers;
    private readonly bool _allowLeaderless;
    private readonly EmbeddedGroupProtocols _groupProtocols;

    internal EmbeddedKafkaFaults(EmbeddedKafka kafka, EmbeddedKafkaOptions options)
    {
        _kafka = kafka;
        _brokers = options.Brokers;
        _allowLeaderless = options.AllowLeaderlessPartitions;
        _groupProtocols = options.GroupProtocols;
    }

    /// <summary>Makes the next requests of a kind fail.</summary>
    /// <param name="request">The kind of request.</param>
    /// <param name="fault">What is answered. Clients retry some of these by themselves.</param>
    /// <param name="times">How many requests fail, 1 to 10,000.</param>
    /// <exception cref="ArgumentException">
    /// Metadata requests can only be disconnected or delayed; or the request belongs to a group protocol that the cluster does not speak.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void FailNext(KafkaRequest request, KafkaFault fault, int times = 1)
    {
        ThrowIfNotServed(request);
        ThrowIfUndefined(fault);
        ThrowIfNotTimes(times);
        if (request == KafkaRequest.Metadata && fault != KafkaFault.Disconnect)
            throw new ArgumentException("The embedded broker answers Metadata without errors: it can only be disconnected or delayed.", nameof(fault));

        _kafka.Cluster.PushFaults(request, fault, times);
    }

    /// <summary>
    /// Makes the next requests that name a partition fail for this partition; others in the same request succeed.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="request">The kind of request: <see cref="KafkaRequest.Produce"/> or <see cref="KafkaRequest.Fetch"/>.</param>
    /// <param name="fault">What is answered, any but <see cref="KafkaFault.Disconnect"/>.</param>
    /// <param name="times">How many requests fail, 1 to 10,000.</param>
    /// <exception cref="ArgumentException">The request or the fault does not concern a single partition.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <exception cref="EmbeddedKafkaException">There is no such partition.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void FailNextOnPartition(string topic, int partition, KafkaRequest request, KafkaFault fault, int times = 1)
    {
        ThrowIfUndefined(fault);
        ThrowIfNotTimes(times);
        if (request is not (KafkaRequest.Produce or KafkaRequest.Fetch))
            throw new ArgumentException("Only Produce and Fetch can fail for one partition.", nameof(request));
        if (fault == KafkaFault.Disconnect)
            throw new ArgumentException("A connection is cut for all its partitions: use FailNext.", nameof(fault));

        ThrowIfMissing(topic, partition);
        for (var pushed = 0; pushed < times; pushed++)
        {
            EmbeddedKafka.Check(_kafka.Cluster.PushFault(topic, partition, request, fault), $"fail {request} for {topic} [{partition}]");
        }
    }

    /// <summary>Makes the next requests of a kind to one broker wait before they are answered.</summary>
    /// <param name="request">The kind of request.</param>
    /// <param name="delay">How long each waits, 1 millisecond to an hour.</param>
    /// <param name="times">How many requests wait, 1 to 10,000.</param>
    /// <param name="broker">The broker's id. The default value is 1.</param>
    /// <exception cref="ArgumentException">The request belongs to a group protocol that the cluster does not speak.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void DelayNext(KafkaRequest request, TimeSpan delay, int times = 1, int broker = 1)
    {
        ThrowIfNotServed(request);
        ThrowIfNotTimes(times);
        ThrowIfNotBroker(broker);
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.FromMilliseconds(1));
        var milliseconds = Milliseconds(delay);
        for (var pushed = 0; pushed < times; pushed++)
        {
            EmbeddedKafka.Check(_kafka.Cluster.PushDelay(broker, request, milliseconds), $"delay {request} on broker {broker}");
        }
    }

    /// <summary>Drops what <see cref="FailNext"/> has still in store for a kind of request.</summary>
    /// <param name="request">The kind of request.</param>
    /// <exception cref="ArgumentException">The request belongs to a group protocol that the cluster does not speak.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void Clear(KafkaRequest request)
    {
        ThrowIfNotServed(request);
        _kafka.Cluster.ClearFaults(request);
    }

    /// <summary>Sets the time that every answer of every broker takes.</summary>
    /// <param name="latency">The time, zero (the default) to an hour, in whole milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void SetLatency(TimeSpan latency) => SetLatencyOf(MockCluster.AllBrokers, latency);

    /// <summary>Sets the time that every answer of one broker takes.</summary>
    /// <param name="broker">The broker's id.</param>
    /// <param name="latency">The time, zero (the default) to an hour, in whole milliseconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The broker does not exist or the time is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void SetLatency(int broker, TimeSpan latency)
    {
        ThrowIfNotBroker(broker);
        SetLatencyOf(broker, latency);
    }

    /// <summary>Cuts all connections and refuses new ones, on all brokers.</summary>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void StopBrokers() => EmbeddedKafka.Check(_kafka.Cluster.SetDown(MockCluster.AllBrokers), "stop the brokers");

    /// <summary>Cuts all connections of a broker and refuses new ones. The leaders of its partitions stay; see <see cref="MoveLeader"/>.</summary>
    /// <param name="broker">The broker's id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The broker does not exist.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void StopBroker(int broker)
    {
        ThrowIfNotBroker(broker);
        EmbeddedKafka.Check(_kafka.Cluster.SetDown(broker), $"stop broker {broker}");
    }

    /// <summary>Makes all brokers accept connections again.</summary>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void StartBrokers() => EmbeddedKafka.Check(_kafka.Cluster.SetUp(MockCluster.AllBrokers), "start the brokers");

    /// <summary>Makes a broker accept connections again.</summary>
    /// <param name="broker">The broker's id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The broker does not exist.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void StartBroker(int broker)
    {
        ThrowIfNotBroker(broker);
        EmbeddedKafka.Check(_kafka.Cluster.SetUp(broker), $"start broker {broker}");
    }

    /// <summary>Makes a broker the leader of a partition; its leader epoch goes up by one.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="broker">The new leader's id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The broker does not exist or the partition is negative.</exception>
    /// <exception cref="EmbeddedKafkaException">There is no such partition.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void MoveLeader(string topic, int partition, int broker)
    {
        ThrowIfNotBroker(broker);
        ThrowIfMissing(topic, partition);
        EmbeddedKafka.Check(
            _kafka.Cluster.SetLeader(topic, partition, broker),
            $"move the leader of {topic} [{partition}] to broker {broker}");
    }

    /// <summary>
    /// Leaves a partition without a leader until <see cref="MoveLeader"/> gives it one: nobody can write or read it meanwhile.
    /// </summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition.</param>
    /// <exception cref="ArgumentOutOfRangeException">The partition is negative.</exception>
    /// <exception cref="InvalidOperationException">
    /// The cluster was not started with <see cref="EmbeddedKafkaOptions.AllowLeaderlessPartitions"/>: a client would end the process.
    /// </exception>
    /// <exception cref="EmbeddedKafkaException">There is no such partition.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void RemoveLeader(string topic, int partition)
    {
        if (!_allowLeaderless)
        {
            throw new InvalidOperationException(
                $"Set {nameof(EmbeddedKafkaOptions)}.{nameof(EmbeddedKafkaOptions.AllowLeaderlessPartitions)} when the cluster starts: " +
                "otherwise the next request for this partition would end the process.");
        }

        ThrowIfMissing(topic, partition);
        EmbeddedKafka.Check(
            _kafka.Cluster.SetLeader(topic, partition, MockCluster.NoBroker), $"remove the leader of {topic} [{partition}]");
    }

    /// <summary>Makes a broker the coordinator of a consumer group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="broker">The new coordinator's id.</param>
    /// <exception cref="ArgumentOutOfRangeException">The broker does not exist.</exception>
    /// <exception cref="ObjectDisposedException">The cluster was disposed.</exception>
    public void MoveGroupCoordinator(string group, int broker)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ThrowIfNotBroker(broker);
        EmbeddedKafka.Check(
            _kafka.Cluster.SetGroupCoordinator(group, broker), $"make broker {broker} coordinate group {group}");
    }

    private void SetLatencyOf(int broker, TimeSpan latency)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latency, TimeSpan.Zero);
        EmbeddedKafka.Check(_kafka.Cluster.SetLatency(broker, Milliseconds(latency)), "set the latency");
    }

    // The native functions create a topic that they do not find, with four partitions: a misspelt one would make a fault that never comes.
    private void ThrowIfMissing(string topic, int partition)
    {
        TopicName.ThrowIfInvalid(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        _kafka.ThrowIfMissing(topic, partition);
    }

    private void ThrowIfNotBroker(int broker)
    {
        if (broker < 1 || broker > _brokers)
        {
            throw new ArgumentOutOfRangeException(
                nameof(broker), broker, string.Create(CultureInfo.InvariantCulture, $"This cluster has the brokers 1 to {_brokers}."));
        }
    }

    private static void ThrowIfNotTimes(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(times, MaxTimes);
    }

    // A fault of a request that never comes would make a test that tests nothing.
    private void ThrowIfNotServed(KafkaRequest request)
    {
        if (!Enum.IsDefined(request))
            throw new ArgumentOutOfRangeException(nameof(request), request, "Not a request that the embedded broker answers.");

        var protocol = request switch
        {
            KafkaRequest.JoinGroup or KafkaRequest.SyncGroup or KafkaRequest.Heartbeat or KafkaRequest.LeaveGroup => EmbeddedGroupProtocols.Classic,
            KafkaRequest.ConsumerGroupHeartbeat => EmbeddedGroupProtocols.Consumer,
            _ => EmbeddedGroupProtocols.None,
        };
        if (!_groupProtocols.HasFlag(protocol))
        {
            throw new ArgumentException(
                $"{request} belongs to the {protocol} group protocol, which this cluster does not speak: " +
                $"see {nameof(EmbeddedKafkaOptions)}.{nameof(EmbeddedKafkaOptions.GroupProtocols)}.", nameof(request));
        }
    }

    private static void ThrowIfUndefined(KafkaFault fault)
    {
        if (fault == KafkaFault.None || !Enum.IsDefined(fault))
            throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault.");
    }

    private static int Milliseconds(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, MaxDelay);
        return (int)time.TotalMilliseconds;
    }
}
