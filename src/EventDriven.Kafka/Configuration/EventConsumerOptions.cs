using System.ComponentModel.DataAnnotations;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka;

/// <summary>The options of one consumer: set in code as defaults, replaced by the configuration section <c>{cluster}:Consumers:{name}</c>.</summary>
public sealed class EventConsumerOptions
{
    /// <summary>
    /// The topics to read, by name or, with a <c>^</c> in front, by regular expression: <c>^orders\.</c> is every topic whose name begins with <c>orders.</c>.
    /// Retry, parked and dead-letter topics of this library and Kafka's internal topics never match. Lists from configuration replace those from code as a whole.
    /// </summary>
    public IList<string> Topics { get; set; } = [];

    /// <summary>
    /// How often the cluster is asked which topics match a pattern in <see cref="Topics"/>, from 100 milliseconds to 1 day. The default value is 30 seconds.
    /// </summary>
    [TimeRange("00:00:00.100", "1.00:00:00")]
    public TimeSpan TopicRefreshInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The consumer group. There is no default value.</summary>
    public string Group { get; set; } = "";

    /// <summary>Which events are handled one after the other. The default value is <see cref="OrderingMode.Partition"/>.</summary>
    public OrderingMode Ordering { get; set; } = OrderingMode.Partition;

    /// <summary>
    /// How many events may be in handlers at once, for <see cref="OrderingMode.Key"/> and <see cref="OrderingMode.None"/>; with
    /// <see cref="OrderingMode.Partition"/> it is the number of assigned partitions. The default value is 16.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxConcurrency { get; set; } = 16;

    /// <summary>How many records the consumer may hold, over all its partitions, before it pauses partitions. The default value is 50,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxBufferedRecords { get; set; } = 50_000;

    /// <summary>
    /// How many bytes of records the consumer may hold, over all its partitions, before it pauses partitions; the client's prefetch gets as much again.
    /// A record counts with its key, value and headers, and with 384 bytes for what holds it. The default value is 64 MiB.
    /// </summary>
    [Range(64 * 1024L, 1024L * 1024 * 1024 * 1024)]
    public long MaxBufferedBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many records above the oldest unfinished one of its partition may be started: what a crash can repeat at most. The default value is 10,000.</summary>
    [Range(1, 10_000_000)]
    public int MaxReplay { get; set; } = 10_000;

    /// <summary>
    /// How many events a batch has at most, for a consumer of batches, which says it at its registration: from 1 to 100,000, and not more than <see cref="MaxReplay"/> and
    /// <see cref="MaxBufferedRecords"/>. The default value is null: events are handled one by one.
    /// </summary>
    [Range(1, 100_000)]
    public int? MaxBatchEvents { get; set; }

    /// <summary>
    /// How long an event waits at most for its batch to fill, for a consumer of batches, which says it at its registration: from zero to 1 hour. The default value is zero: a batch
    /// has what is there.
    /// </summary>
    [TimeRange("00:00:00", "01:00:00")]
    public TimeSpan MaxBatchWait { get; set; }

    /// <summary>
    /// How often finished positions are handed to the client for committing, or, of a consumer with transactions, how often one is committed, from 10 milliseconds to 1 hour. The default
    /// value is 1 second.
    /// </summary>
    [TimeRange("00:00:00.010", "01:00:00")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For a consumer with transactions (<see cref="EventConsumerBuilder.InTransactions"/>): how many finished events make it commit before <see cref="CommitInterval"/> is over, from 1 to
    /// 1,000,000. What is finished while a transaction is being committed goes into the next, up to ten times as many. The default value is 1,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CommitAfterEvents { get; set; } = 1_000;

    /// <summary>
    /// For a consumer with transactions: how long one may take before brokers abort it, from 1 second to 15 minutes, and longer than <see cref="CommitInterval"/>; brokers have a limit of
    /// their own (<c>transaction.max.timeout.ms</c>). Handlers may take longer: what they produce is in no transaction before they have ended. As long, readers with
    /// <c>read_committed</c> wait for what a crashed process has left open. The default value is 20 seconds.
    /// </summary>
    [TimeRange("00:00:01", "00:15:00")]
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a revocation or stop waits for running handlers before it cancels them: at most 1 hour, and less than the client's <c>max.poll.interval.ms</c>
    /// and, in the classic protocol, <c>session.timeout.ms</c>. In the classic protocol a stop also waits within it until a rebalance is over and what was handled
    /// is committed. With transactions handlers have three quarters of it, and the commit of what they have finished the rest. A stop also ends with the host's shutdown timeout. The default value is 10 seconds.
    /// </summary>
    [TimeRange("00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether a stop also handles what is already buffered, within the drain timeout. The default value is false: buffered events are left to the next member.</summary>
    public bool DrainBufferedOnStop { get; set; }

    /// <summary>Where to start on a partition without a committed position. The default value is <see cref="StartPosition.Earliest"/>.</summary>
    public StartPosition StartAt { get; set; } = StartPosition.Earliest;

    /// <summary>The time to start at, for <see cref="StartPosition.Timestamp"/>. The default value is null.</summary>
    public DateTimeOffset? StartTimestamp { get; set; }

    /// <summary>
    /// The offsets to start at on partitions without a committed position, by topic and partition number; the others start at <see cref="StartAt"/>. An offset that
    /// the log does not hold is moved to the end of the log that is nearest to it. Empty by default.
    /// </summary>
    public IDictionary<string, IDictionary<int, long>> StartOffsets { get; set; } = new Dictionary<string, IDictionary<int, long>>(StringComparer.Ordinal);

    /// <summary>What to do when events at the consumer's position have expired on the broker. The default value is <see cref="ExpiredEventsAction.Continue"/>.</summary>
    public ExpiredEventsAction WhenExpired { get; set; } = ExpiredEventsAction.Continue;

    /// <summary>
    /// Whether the topics that the failure policy writes to (retry, parked, dead letters) are created when the consumer starts, and extended, where they are missing or too
    /// small: with as many partitions and replicas as their source. Needs the right to create topics. The default value is false: what is missing is an error that says
    /// the command which creates it.
    /// </summary>
    public bool ProvisionTopics { get; set; }

    /// <summary>
    /// What to do with retry topics of earlier policies of this consumer, whose delays were removed or changed since. They are found by their names when the consumer starts.
    /// The default value is <see cref="OldRetryTopicsAction.Drain"/>.
    /// </summary>
    public OldRetryTopicsAction OldRetryTopics { get; set; } = OldRetryTopicsAction.Drain;

    /// <summary>The group protocol. The default value is <see cref="ConsumerGroupProtocol.Auto"/>.</summary>
    public ConsumerGroupProtocol GroupProtocol { get; set; } = ConsumerGroupProtocol.Auto;

    /// <summary>
    /// The assignor in the classic protocol, also where <see cref="ConsumerGroupProtocol.Auto"/> comes to it. The default value is
    /// <see cref="ClassicGroupAssignor.CooperativeSticky"/>; change it only to join a group whose members have another.
    /// </summary>
    public ClassicGroupAssignor ClassicAssignor { get; set; } = ClassicGroupAssignor.CooperativeSticky;

    /// <summary>
    /// Makes this process a static member of its group (<c>group.instance.id</c>): after a restart within the session timeout it has its partitions again, and nothing
    /// moves on the others. Unique in the group; letters, digits, '.', '_' and '-'. The default value is null: a dynamic member.
    /// </summary>
    public string? InstanceId { get; set; }

    /// <summary>
    /// How many events of one partition may be parked, for a consumer that keeps key order through retries, before the partition waits until some of them are done: from 1 to
    /// 10,000,000. Each takes about 120 bytes of memory. What is in handlers then may be parked beyond it. The default value is 100,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxParkedEvents { get; set; } = 100_000;

    /// <summary>
    /// How many bytes the events parked of one partition may have in its parked log, as <see cref="MaxParkedEvents"/> says of their number: at least 1,024. The default value is 1 GiB.
    /// </summary>
    [Range(1024L, 1024L * 1024 * 1024 * 1024)]
    public long MaxParkedBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>
    /// Whether a consumer that keeps key order through retries goes on where it may not delete records of its parked topics, which then only grow. The default value is
    /// false: it ends with an error.
    /// </summary>
    public bool AllowParkedLogToGrow { get; set; }

    /// <summary>How long one attempt at an event may take before its token fires and it counts as failed, from 1 millisecond to 1 day. The default value is null: no limit.</summary>
    [TimeRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan? AttemptTimeout { get; set; }

    /// <summary>How long an event may be in its handler before it counts as stuck, from 10 milliseconds to 7 days. The default value is 5 minutes; null never.</summary>
    [TimeRange("00:00:00.010", "7.00:00:00")]
    public TimeSpan? StuckAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What to do about a stuck event. The default value is <see cref="StuckAction.Report"/>.</summary>
    public StuckAction WhenStuck { get; set; } = StuckAction.Report;

    /// <summary>What to do when the client can't go on. The default value is <see cref="FatalErrorAction.Restart"/>.</summary>
    public FatalErrorAction OnFatalError { get; set; } = FatalErrorAction.Restart;

    /// <summary>What to do with CloudEvents whose value is an envelope. The default value is <see cref="EventDriven.Kafka.StructuredCloudEvents.Unwrap"/>.</summary>
    public StructuredCloudEvents StructuredCloudEvents { get; set; } = StructuredCloudEvents.Unwrap;

    /// <summary>
    /// Settings of the Kafka client by their own names, such as <c>fetch.min.bytes</c>, over those of the cluster. Empty by default. Settings that the
    /// library must own are refused at start, each with the reason.
    /// </summary>
    public IDictionary<string, string> Client { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
