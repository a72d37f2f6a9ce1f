using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>Deletes records of the partitions of one cluster where that is not done by the client itself: the embedded Kafka has no such request. Thread-safe.</summary>
internal interface IParkedLogTrimmer
{
    /// <summary>Deletes what lies below an offset.</summary>
    /// <exception cref="ParkedLogException">It was not done.</exception>
    void Trim(PartitionId parked, long before);
}
