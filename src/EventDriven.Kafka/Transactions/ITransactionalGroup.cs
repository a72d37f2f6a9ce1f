using Confluent.Kafka;

namespace EventDriven.Kafka.Transactions;

/// <summary>A record source whose positions are committed with transactions.</summary>
internal interface ITransactionalGroup
{
    /// <summary>
    /// Who this member of its group is at this moment; null where it is none. Brokers refuse positions of a member that is no longer what it says; of one that says nothing they take
    /// all, so that is never sent. Thread-safe.
    /// </summary>
    IConsumerGroupMetadata? GetGroupMetadata();
}
