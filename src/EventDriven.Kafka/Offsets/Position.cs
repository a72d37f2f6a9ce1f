namespace EventDriven.Kafka.Offsets;

/// <summary>A position in a partition: the offset of the next record to handle.</summary>
/// <param name="Offset">The offset.</param>
/// <param name="LeaderEpoch">The leader epoch of the record before it, by which the client notices a truncated log; -1 where unknown.</param>
internal readonly record struct Position(long Offset, int LeaderEpoch);
