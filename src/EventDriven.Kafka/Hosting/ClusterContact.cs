using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Hosting;

/// <summary>The second phase of validation, for one cluster: brokers answer, the topics of its consumers and producers exist, and serializers can write.</summary>
internal sealed class ClusterContact(
    string cluster,
    KafkaClusterOptions options,
    IReadOnlyList<HostedConsumer> consumers,
    IReadOnlyList<(string Subject, string Topic)> producers,
    IReadOnlyList<SerializerContact> serializers,
    ITopicInspector inspector,
    FailureTopicProvisioner provisioner)
{
    public string Cluster => cluster;

    public UnreachableAction WhenUnreachable => options.WhenUnreachable;

    public IReadOnlyList<HostedConsumer> Consumers => consumers;

    /// <summary>Looks once.</summary>
    /// <returns>All that is wrong, empty if nothing is; a consumer whose own topics are as they should be may start all the same.</returns>
    public async Task<IReadOnlyList<ConfigurationError>> TryAsync(CancellationToken cancellationToken)
    {
        // What patterns match is found out, again and again, by the consumers themselves.
        var topics = consumers.SelectMany(static consumer => consumer.Settings!.Options.Topics).Where(static topic => !TopicPattern.Is(topic))
            .Concat(producers.Select(static producer => producer.Topic));
        var found = await inspector.InspectAsync(cluster, topics.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false);
        if (found.Unreachable is { } reason)
        {
            return
            [
                found.Remedy is { } remedy
                    ? new ConfigurationError($"cluster '{cluster}'", nameof(options.Security), $"the brokers at '{options.BootstrapServers}' can't be used ({reason.TrimEnd('.')}). {remedy}")
                    : new ConfigurationError(
                        $"cluster '{cluster}'",
                        nameof(options.BootstrapServers),
                        $"no broker answers at '{options.BootstrapServers}' ({reason.TrimEnd('.')}). Start the brokers, or correct the address or the settings in Security."),
            ];
        }

        var problems = await Task.WhenAll(serializers.Select(serializer => CheckAsync(serializer, cancellationToken))).ConfigureAwait(false);
        return
        [
            .. from consumer in consumers
               from topic in consumer.Settings!.Options.Topics
               let problem = Problem(found, topic) ?? NotAllowed(found.NotReadable, topic, "Read")
               where problem is not null
               select new ConfigurationError(consumer.Subject, nameof(EventConsumerOptions.Topics), problem),
            .. from producer in producers
               let problem = Problem(found, producer.Topic) ?? NotAllowed(found.NotWritable, producer.Topic, "Write")
               where problem is not null
               select new ConfigurationError(producer.Subject, nameof(EventProducerOptions.Topic), problem),
            .. await provisioner.PrepareAsync(cluster, [.. consumers.SelectMany(static consumer => consumer.FailureTopics)], cancellationToken).ConfigureAwait(false),
            .. problems.OfType<ConfigurationError>(),
        ];
    }

    /// <summary>Those of the errors that keep a consumer from starting.</summary>
    public IReadOnlyList<ConfigurationError> Concerning(HostedConsumer consumer, IReadOnlyList<ConfigurationError> errors) =>
        [.. errors.Where(error => error.Subject == consumer.Subject || error.Subject == $"cluster '{cluster}'")];

    private static async Task<ConfigurationError?> CheckAsync(SerializerContact serializer, CancellationToken cancellationToken) =>
        await serializer.Check.CheckAsync(serializer.Topic, serializer.Component, cancellationToken).ConfigureAwait(false) is { } problem
            ? new ConfigurationError(serializer.Subject, serializer.Property, problem)
            : null;

    private string? NotAllowed(IReadOnlyCollection<string> topics, string topic, string operation) => topics.Contains(topic)
        ? $"the principal of this client has no right to {operation} '{topic}' on the cluster '{cluster}'. "
            + $"Give it: kafka-acls.sh --bootstrap-server {options.BootstrapServers} --add --allow-principal User:NAME --operation {operation} --topic {topic}"
        : null;

    private string? Problem(TopicInspection found, string topic)
    {
        if (found.Missing.Contains(topic))
        {
            return $"'{topic}' does not exist on the cluster '{cluster}'. Correct the name, or create it: "
                + $"kafka-topics.sh --bootstrap-server {options.BootstrapServers} --create --topic {topic} --partitions N";
        }

        return found.Refused.TryGetValue(topic, out var words)
            ? $"the cluster '{cluster}' refuses to describe '{topic}' ({words.TrimEnd('.')}). Give this client the right to it: Read for a consumer, Write for a producer."
            : null;
    }
}
