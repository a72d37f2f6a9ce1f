using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// The parked logs of one consumer, from the start of its client to the end. A seam: the simulator has another. Disposing of it takes a bounded time, whatever the
/// brokers do, and never throws. Thread-safe.
/// </summary>
internal interface IParkedLogs : IAsyncDisposable
{
    /// <summary>The parked log of a source partition; asks no broker. One at a time for each partition: it is disposed of when the partition goes.</summary>
    IParkedLog Open(PartitionId source);
}
