using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Transactions;

/// <summary>Makes the settings of a consumer's transactions, and finds what can't work together with them.</summary>
internal sealed class ConsumerTransactionsComposer(TransactionalClientComposer clients, TimeProvider time)
{
    private const string Subject = nameof(EventConsumerBuilder.InTransactions);

    /// <summary>As large as the client lets it be: how large a record may be is for the broker to say, which has taken the events themselves.</summary>
    private const string LargestRecord = "1000000000";

    /// <param name="consumer">The consumer.</param>
    /// <param name="cluster">Its cluster, for which its transactions are.</param>
    /// <param name="options">Its options.</param>
    /// <param name="client">The settings of its client.</param>
    /// <param name="errors">Where the errors go.</param>
    public ConsumerOutputs Compose(
        ConsumerRegistration consumer, string cluster, EventConsumerOptions options, IReadOnlyDictionary<string, string> client, ICollection<ConfigurationError> errors)
    {
        if (consumer.Pipeline.IsForBatches)
        {
            Add(Subject, "its handler takes batches, and what it produces belongs to no single event of one, so it can't be told whose offsets it is to be committed with. Handle single events: many go into one transaction all the same.");
        }

        if (client.TryGetValue("isolation.level", out var level) && level != "read_committed")
        {
            Add("Client:isolation.level", $"is '{level}': the output of an event that was rolled back would be committed. Remove it: a consumer with transactions reads with read_committed.");
        }

        if (options.TransactionTimeout <= options.CommitInterval)
        {
            Add(nameof(options.TransactionTimeout), $"is {options.TransactionTimeout}, which is not above CommitInterval ({options.CommitInterval}): brokers would abort each transaction before its commit. Raise it, or shorten CommitInterval.");
        }

        var name = consumer.Name == options.Group ? consumer.Name : $"{options.Group}-{consumer.Name}";
        var id = $"{name}-{options.InstanceId ?? Guid.NewGuid().ToString("N")}";
        var own = new TransactionalProducerOptions { TransactionTimeout = options.TransactionTimeout };
        var settings = clients.Compose(consumer.Subject, cluster, id, own, errors);
        settings.Client.Set("message.max.bytes", LargestRecord);
        return new ConsumerOutputs(settings, time);

        void Add(string property, string problem) => errors.Add(new ConfigurationError(consumer.Subject, property, problem));
    }
}
