using Confluent.Kafka;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>
/// What a consumer's transactions need of a client with a transactional id. The calls about transactions block, are made by one thread, and fail with a
/// <see cref="TransactionFaultException"/>, which says what is to be done; after one other than <see cref="TransactionFault.Abortable"/> it is of no more use.
/// </summary>
internal interface ITransactionalClient
{
    /// <summary>
    /// Takes the place of all clients that had the id before: what they have left open is aborted, and what is being committed is committed, before this returns. To be called first.
    /// </summary>
    void Initialize(TimeSpan limit);

    void Begin();

    /// <summary>Makes a record part of the transaction, or puts it in line where there is no room.</summary>
    /// <param name="record">The record; no longer the caller's once this returns.</param>
    /// <param name="pending">Gets the report.</param>
    /// <param name="cancellationToken">Takes the record out of the line again.</param>
    /// <returns>Null where it was taken; else a task that completes when it is, or faults when it will not be.</returns>
    /// <exception cref="EventProduceException">It will not be taken.</exception>
    Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken);

    /// <summary>Makes positions of a group part of the transaction.</summary>
    void SendOffsets(IReadOnlyCollection<TopicPartitionOffset> positions, IConsumerGroupMetadata group);

    /// <summary>Commits, once every record was acknowledged. Returns, or throws, within the transaction's timeout.</summary>
    void Commit();

    /// <summary>Aborts; records that were not sent fail.</summary>
    void Abort();

    /// <summary>Takes no more records, and gives up what it holds. Thread-safe; does not block.</summary>
    void Close();
}
