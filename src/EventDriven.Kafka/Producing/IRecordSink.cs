namespace EventDriven.Kafka.Producing;

/// <summary>Where the records of a producer go: to the client that it shares with others, or into the transaction that its caller is in. Thread-safe.</summary>
internal interface IRecordSink
{
    /// <summary>A record to be filled in. It comes back by <see cref="Return"/>, or goes on by <see cref="Send"/>.</summary>
    OutgoingRecord Rent();

    void Return(OutgoingRecord record);

    /// <summary>Takes a record, or puts it in line where there is no room.</summary>
    /// <param name="record">The record; no longer the caller's once this returns.</param>
    /// <param name="pending">Gets the report.</param>
    /// <param name="cancellationToken">Takes the record out of the line again.</param>
    /// <returns>Null where it was taken; else a task that completes when it is, or faults when it will not be.</returns>
    /// <exception cref="EventProduceException">It will not be taken; record and pending are still the caller's.</exception>
    Task? Send(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken);
}
