using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Configuration;

/// <summary>Makes the settings that each consumer runs on, once, and finds what is wrong with them. Thread-safe.</summary>
internal sealed class ConsumerSettingsComposer(
    ClusterDirectory clusters, ClusterOptionsFactory clusterOptions, ConsumerOptionsFactory consumerOptions, ClientConfigComposer clients, TimeProvider time)
{
    private const int DefaultMaxPollInterval = 300_000;
    private const int DefaultSessionTimeout = 45_000;

    private readonly Dictionary<ConsumerRegistration, (ConsumerSettings? Settings, List<ConfigurationError> Errors)> _composed = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _lock = new();
    private readonly ConsumerTransactionsComposer _transactions = new(new TransactionalClientComposer(clusterOptions, clients), time);

    /// <summary>The settings of a consumer; null if they have errors that leave nothing to run on.</summary>
    public ConsumerSettings? Compose(ConsumerRegistration consumer, ICollection<ConfigurationError> errors)
    {
        lock (_lock)
        {
            if (!_composed.TryGetValue(consumer, out var composed))
            {
                // Once, because ConfigureClient is the application's code: what was checked is what runs.
                var found = new List<ConfigurationError>();
                composed = (ComposeOnce(consumer, found), found);
                _composed.Add(consumer, composed);
            }

            foreach (var error in composed.Errors) errors.Add(error);
            return composed.Settings;
        }
    }

    private ConsumerSettings? ComposeOnce(ConsumerRegistration consumer, List<ConfigurationError> errors)
    {
        var subject = consumer.Subject;
        var options = consumerOptions.Create(consumer.Name, errors);
        OptionsRules.Check(subject, options, errors);
        options.Topics ??= [];
        options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        options.StartOffsets ??= new Dictionary<string, IDictionary<int, long>>(StringComparer.Ordinal);
        CheckTopics(subject, options, errors);
        if (string.IsNullOrWhiteSpace(options.Group))
        {
            errors.Add(new ConfigurationError(subject, nameof(options.Group), "the group is empty. Give it with the registration: AddEventConsumer(topic, group: \"…\")."));
        }

        CheckBatches(subject, consumer.Pipeline.IsForBatches, options, errors);
        consumer.Pipeline.Failures.CheckAgainst(subject, options, errors);
        consumer.Pipeline.Failures.CheckDeadLetters(subject, options, errors);
        if (options is { StartAt: StartPosition.Timestamp, StartTimestamp: null })
        {
            errors.Add(new ConfigurationError(subject, nameof(options.StartTimestamp), "is null, and StartAt is Timestamp. Set the time to start at."));
        }

        CheckStartOffsets(subject, options, errors);
        if (options.InstanceId is { } instance && TopicName.ProblemOfInstanceId(instance) is { } problem)
        {
            errors.Add(new ConfigurationError(subject, nameof(options.InstanceId), problem));
        }

        if (clusters.Find(consumer, errors) is not { } cluster) return null;

        // What is wrong with the cluster is told for the cluster.
        var ofCluster = clusterOptions.Create(cluster.Name, []);
        ofCluster.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        var client = clients.CreateConsumerConfig(subject, ofCluster, options, consumer.ConfigureClient, errors).ToDictionary(StringComparer.Ordinal);
        CheckAgainstClient(subject, options, client, errors);
        var topics = consumer.Pipeline.Failures.BuildTopics(options.Group);
        return new ConsumerSettings
        {
            Name = consumer.Name,
            Cluster = cluster.Name,
            Options = options,
            Topics = topics,
            RetryTopics = consumer.Pipeline.Failures.BuildRetryTopics(topics, options.Group),
            Transactions = consumer.Pipeline.IsTransactional ? _transactions.Compose(consumer, cluster.Name, options, client, errors) : null,
            CreateClientConfig = () => new ConsumerConfig(new Dictionary<string, string>(client, StringComparer.Ordinal)),
        };
    }

    private static void CheckTopics(string subject, EventConsumerOptions options, List<ConfigurationError> errors)
    {
        if (options.Topics.Count == 0)
        {
            errors.Add(new ConfigurationError(subject, nameof(options.Topics), "there is none. Name at least one topic."));
        }

        foreach (var topic in options.Topics)
        {
            if (TopicName.Problem(topic) is { } problem) errors.Add(new ConfigurationError(subject, nameof(options.Topics), problem));
        }

        foreach (var topic in options.Topics.GroupBy(static topic => topic, StringComparer.Ordinal).Where(static same => same.Count() > 1))
        {
            errors.Add(new ConfigurationError(subject, nameof(options.Topics), $"'{topic.Key}' is there {topic.Count()} times. Name it once."));
        }
    }

    private static void CheckStartOffsets(string subject, EventConsumerOptions options, List<ConfigurationError> errors)
    {
        foreach (var (topic, offsets) in options.StartOffsets)
        {
            if (options.Topics.All(read => read != topic && !TopicPattern.Is(read)))
            {
                errors.Add(new ConfigurationError(
                    subject, nameof(options.StartOffsets), $"'{topic}' is none of the Topics.{NearestName.Hint(topic, options.Topics)} Correct the name, or remove it."));
            }

            foreach (var (partition, offset) in offsets ?? new Dictionary<int, long>())
            {
                if (partition < 0 || offset < 0)
                {
                    errors.Add(new ConfigurationError(
                        subject, nameof(options.StartOffsets), string.Create(CultureInfo.InvariantCulture, $"{topic}[{partition}] is to start at {offset}: neither may be below 0. Correct it.")));
                }
            }
        }
    }

    private static void CheckBatches(string subject, bool isForBatches, EventConsumerOptions options, List<ConfigurationError> errors)
    {
        if (!isForBatches)
        {
            if (options.MaxBatchEvents is not null || options.MaxBatchWait != TimeSpan.Zero)
            {
                errors.Add(new ConfigurationError(
                    subject, options.MaxBatchEvents is null ? nameof(options.MaxBatchWait) : nameof(options.MaxBatchEvents), "is set, and the consumer has no handler of batches. Register one with HandleBatch, or remove it."));
            }

            return;
        }

        if (options.MaxBatchEvents is not { } events)
        {
            errors.Add(new ConfigurationError(subject, nameof(options.MaxBatchEvents), "is null, and the consumer has a handler of batches. Set it, or leave it to HandleBatch."));
            return;
        }

        // A batch that could never fill would wait each time for what can't come.
        CheckBatch(nameof(options.MaxReplay), options.MaxReplay);
        CheckBatch(nameof(options.MaxBufferedRecords), options.MaxBufferedRecords);

        void CheckBatch(string limitName, int limit)
        {
            if (events > limit)
            {
                errors.Add(new ConfigurationError(
                    subject,
                    nameof(options.MaxBatchEvents),
                    string.Create(CultureInfo.InvariantCulture, $"is {events:N0}, which is above {limitName} ({limit:N0}), so that no batch could become so large. Lower it, or raise {limitName}.")));
            }
        }
    }

    private static void CheckAgainstClient(string subject, EventConsumerOptions options, Dictionary<string, string> client, List<ConfigurationError> errors)
    {
        CheckDrain(subject, options, client, "max.poll.interval.ms", DefaultMaxPollInterval, errors);
        if (options.GroupProtocol != ConsumerGroupProtocol.Consumer) CheckDrain(subject, options, client, "session.timeout.ms", DefaultSessionTimeout, errors);
    }

    /// <summary>A revocation that drains for longer than the group waits loses the partitions in the middle of it.</summary>
    private static void CheckDrain(
        string subject, EventConsumerOptions options, Dictionary<string, string> client, string limitName, int defaultLimit, List<ConfigurationError> errors)
    {
        var limit = client.TryGetValue(limitName, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var set) ? set : defaultLimit;
        if (options.DrainTimeout.TotalMilliseconds < limit) return;

        errors.Add(new ConfigurationError(
            subject,
            nameof(options.DrainTimeout),
            string.Create(CultureInfo.InvariantCulture, $"is {options.DrainTimeout}, which is not below {limitName} ({limit:N0} ms). Shorten it, or set Client:{limitName}.")));
    }
}
