using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <summary>Where a partition is to be read from.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The group's committed position, with the leader epoch that it was committed with; null where there is none.</param>
/// <param name="Start">Where to start without one; null where it was not asked for (the client starts at the oldest record by itself).</param>
internal readonly record struct StartingPoint(PartitionId Partition, Position? Committed, long? Start);
