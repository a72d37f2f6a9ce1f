namespace EventDriven.Kafka.Consuming;

/// <summary>A partition of a topic.</summary>
internal readonly record struct PartitionId(string Topic, int Partition) : IComparable<PartitionId>
{
    public int CompareTo(PartitionId other) =>
        string.CompareOrdinal(Topic, other.Topic) is var byTopic and not 0 ? byTopic : Partition.CompareTo(other.Partition);

    public override string ToString() => $"{Topic}[{Partition}]";
}
