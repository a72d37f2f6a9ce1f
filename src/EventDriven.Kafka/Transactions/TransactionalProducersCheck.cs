using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Transactions;

/// <summary>Each transactional producer can be made, and none gets in the way of another.</summary>
internal sealed class TransactionalProducersCheck(
    ClusterDirectory clusters,
    IEnumerable<TransactionalProducerRegistration> producers,
    TransactionalProducerOptionsFactory options,
    TransactionalClientComposer composer,
    IEnumerable<ConsumerRegistration> consumers,
    ConsumerSettingsComposer ofConsumers) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        var ids = IdsOfConsumers();
        foreach (var alike in producers.GroupBy(static producer => producer.Name, StringComparer.OrdinalIgnoreCase))
        {
            var producer = alike.First();
            if (alike.Count() > 1)
            {
                errors.Add(new ConfigurationError(producer.Subject, "AddTransactionalProducer", $"{alike.Count()} transactional producers have this name. Give each its own."));
            }

            if (producer.Name.Contains(':', StringComparison.Ordinal))
            {
                errors.Add(new ConfigurationError(producer.Subject, "AddTransactionalProducer", "the name has a ':', which separates sections of configuration. Give it another."));
            }

            var own = options.Create(producer.Name, errors);
            OptionsRules.Check(producer.Subject, own, errors);
            own.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
            if (own.TransactionalId is { Length: 0 }) errors.Add(new ConfigurationError(producer.Subject, nameof(own.TransactionalId), "is empty. Set an id, or leave it out."));
            if (clusters.Find(producer, errors) is not { } cluster) continue;

            if (own.TransactionalId is { Length: > 0 } id && !ids.TryAdd((cluster.Name, id), producer.Subject))
            {
                errors.Add(new ConfigurationError(
                    producer.Subject, nameof(own.TransactionalId), $"{ids[(cluster.Name, id)]} has '{id}' too, so each would end the transactions of the other. Give each its own."));
            }

            composer.Compose(producer.Subject, cluster.Name, "check", own, errors);
        }
    }

    /// <summary>Whose the ids of consumers with transactions are. What is wrong with a consumer is told for the consumer.</summary>
    private Dictionary<(string Cluster, string Id), string> IdsOfConsumers()
    {
        var ids = new Dictionary<(string Cluster, string Id), string>();
        foreach (var consumer in consumers)
        {
            if (ofConsumers.Compose(consumer, []) is { Transactions: { } outputs } composed) ids.TryAdd((composed.Cluster, outputs.Settings.TransactionalId), consumer.Subject);
        }

        return ids;
    }
}
