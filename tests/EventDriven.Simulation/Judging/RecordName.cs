using EventDriven.Kafka.Consuming;

namespace EventDriven.Simulation.Judging;

/// <summary>How a record is called in a message.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Note">What else there is to say of it.</param>
internal readonly record struct RecordName(PartitionId Partition, long Offset, string? Note = null)
{
    public override string ToString() => $"{Partition}@{Offset}{Note}";
}
