using Confluent.Kafka;

namespace EventDriven.Kafka.Transactions;

/// <summary>What the clients of one owner of transactions have in common.</summary>
internal sealed record TransactionalClientSettings
{
    /// <summary>Whose they are, as errors and logs name it: <c>consumer 'enrich'</c>.</summary>
    public required string Subject { get; init; }

    public required string Cluster { get; init; }

    /// <summary>All settings of the client, its transactional id included.</summary>
    public required ProducerConfig Client { get; init; }

    /// <summary>After which brokers abort a transaction that nobody has ended.</summary>
    public required TimeSpan Timeout { get; init; }

    public string TransactionalId => Client.TransactionalId;

    /// <summary>How the client chooses the partition of a key.</summary>
    public string Partitioner => Client.Get("partitioner") ?? "";

    /// <summary>The largest record that the client takes, in bytes.</summary>
    public int MaxRecordBytes => Client.MessageMaxBytes ?? 1_000_000;

    /// <summary>Refuses a producer whose records can't be part of a transaction of this client, or would land elsewhere than outside of one.</summary>
    /// <exception cref="InvalidOperationException">They can't.</exception>
    public void Check(Producing.ProduceTarget producer)
    {
        if (!string.Equals(producer.Cluster, Cluster, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"Producer '{producer.Name}' writes to cluster '{producer.Cluster}', and the transaction of {Subject} is one of cluster '{Cluster}': no transaction spans both. "
                + "Produce what is not to be part of it with OutsideTransaction(), and expect it again each time that the transaction is run again.");
        }

        if (!string.Equals(producer.Partitioner, Partitioner, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"Producer '{producer.Name}' chooses partitions with '{producer.Partitioner}', and the transaction of {Subject} with '{Partitioner}': the events of a key would land on two partitions. "
                + "Set the same partitioner for both, or for the cluster.");
        }
    }
}
