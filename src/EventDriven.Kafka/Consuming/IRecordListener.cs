using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <summary>What a record source reports, on the thread that polls it (or closes it).</summary>
internal interface IRecordListener
{
    /// <returns>False where there is no room for another record: the poll is to end, once all that was taken from the client is handed over.</returns>
    bool OnRecord(in ConsumedRecord record);

    /// <summary>The client has reached the end of a partition: nothing visible lies below this offset that was not reported.</summary>
    void OnEndOfPartition(PartitionId partition, long offset);

    /// <summary>Partitions were added; those held before stay.</summary>
    void OnAssigned(IReadOnlyCollection<PartitionId> partitions);

    /// <summary>Partitions are to be given up; they are until this returns.</summary>
    void OnRevoked(IReadOnlyCollection<PartitionId> partitions);

    /// <summary>Partitions are gone already; somebody else may own them.</summary>
    void OnLost(IReadOnlyCollection<PartitionId> partitions);

    /// <summary>The broker has answered a commit: the position it accepted, or why it did not.</summary>
    void OnCommitted(PartitionId partition, Position position, SourceError? error);

    /// <summary>The client reports an error. Others than fatal ones it mends by itself.</summary>
    void OnError(SourceError error);
}
