using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka;

/// <summary>The options of one transactional producer: set in code as defaults, replaced by the configuration section <c>{cluster}:TransactionalProducers:{name}</c>.</summary>
public sealed class TransactionalProducerOptions
{
    /// <summary>
    /// The transactional id. Of all processes with one id only the last that has begun to use it can commit: give each instance of a service its own, and the same after a restart, so that
    /// what its predecessor has left open ends at once. The default value is null: a new id for each process, whose transactions end by <see cref="TransactionTimeout"/> if it crashes.
    /// </summary>
    public string? TransactionalId { get; set; }

    /// <summary>
    /// How long a transaction may take before brokers abort it, from 1 second to 15 minutes; brokers have a limit of their own (<c>transaction.max.timeout.ms</c>). As long, readers with
    /// <c>read_committed</c> wait for what a crashed process has left open. The default value is 30 seconds.
    /// </summary>
    [TimeRange("00:00:01", "00:15:00")]
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long events wait for others to form a batch, at most 1 second; a commit does not wait. The default value is 5 milliseconds.</summary>
    [TimeRange("00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Settings of the Kafka client by their own names, such as <c>compression.type</c>, over those of the cluster. Empty by default. Settings that the library must own are
    /// refused at start, each with the reason.
    /// </summary>
    public IDictionary<string, string> Client { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
