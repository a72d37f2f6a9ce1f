using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Transactions;

/// <summary>Composes the settings of clients with a transactional id. Thread-safe.</summary>
internal sealed class TransactionalClientComposer(ClusterOptionsFactory clusters, ClientConfigComposer composer)
{
    private const string MaxIdle = "connections.max.idle.ms";

    /// <summary>
    /// After how many milliseconds without traffic the client closes a connection, unless told otherwise. In librdkafka 2.16 the call that makes offsets part of a transaction waits for its
    /// group's coordinator without a limit, and looks for another one only when any connection comes or goes (<c>rd_kafka_coord_req_fsm</c>). A transaction has no other traffic meanwhile: where
    /// a coordinator has died, brokers close such connections after ten minutes, and so long the consumer would stand still.
    /// </summary>
    private const string LongestIdle = "5000";

    private const string Propagation = "topic.metadata.propagation.max.ms";

    /// <summary>
    /// How long a topic may be unknown before what is for it is refused by name, in milliseconds; half of the transaction's time at most. The client waits for 30 seconds unless told otherwise,
    /// and the record would be out of time before, which says nothing about its topic.
    /// </summary>
    private const double LongestUnknown = 10_000;

    private static readonly HashSet<string> Owned = new(StringComparer.Ordinal) { "enable.idempotence", "enable.gapless.guarantee", "transaction.timeout.ms" };

    /// <param name="subject">Whose client it is.</param>
    /// <param name="cluster">The name of its cluster.</param>
    /// <param name="id">The transactional id.</param>
    /// <param name="options">Its options.</param>
    /// <param name="errors">Where the errors go.</param>
    public TransactionalClientSettings Compose(string subject, string cluster, string id, TransactionalProducerOptions options, ICollection<ConfigurationError> errors)
    {
        foreach (var name in options.Client.Keys.Where(Owned.Contains))
        {
            errors.Add(new ConfigurationError(
                subject, $"Client:{name}", name == "transaction.timeout.ms" ? "set the option TransactionTimeout." : "transactions need an idempotent client. Remove it."));
        }

        // What is wrong with the cluster is told for the cluster. A record may wait as long as its transaction may take.
        var ofCluster = clusters.Create(cluster, []);
        ofCluster.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var own = new EventProducerOptions
        {
            DeliveryTimeout = options.TransactionTimeout,
            Linger = options.Linger,
            Client = options.Client.Where(static setting => !Owned.Contains(setting.Key)).ToDictionary(StringComparer.Ordinal),
        };
        var client = new ProducerConfig(composer.CreateProducerConfig(subject, ofCluster, own, null, errors).Where(static setting => !Owned.Contains(setting.Key)).ToDictionary(StringComparer.Ordinal))
        {
            TransactionalId = id,
            TransactionTimeoutMs = (int)options.TransactionTimeout.TotalMilliseconds,
            EnableIdempotence = true,
        };
        if (client.Get(MaxIdle) is null)
        {
            client.Set(MaxIdle, LongestIdle);
        }

        if (client.Get(Propagation) is null)
        {
            client.Set(Propagation, ((int)Math.Min(LongestUnknown, options.TransactionTimeout.TotalMilliseconds / 2)).ToString(CultureInfo.InvariantCulture));
        }

        return new TransactionalClientSettings { Subject = subject, Cluster = cluster, Client = client, Timeout = options.TransactionTimeout };
    }
}
