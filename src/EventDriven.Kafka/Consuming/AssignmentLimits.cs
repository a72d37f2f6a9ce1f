namespace EventDriven.Kafka.Consuming;

/// <summary>How much one partition may hold before it is paused: its share of the consumer's budget, but always at least one record (I7).</summary>
internal readonly record struct AssignmentLimits(int Records, long Bytes)
{
    public static AssignmentLimits Share(EventConsumerOptions options, int partitions) => new(
        Math.Max(1, options.MaxBufferedRecords / Math.Max(1, partitions)),
        Math.Max(1, options.MaxBufferedBytes / Math.Max(1, partitions)));

    public bool IsFull(int records, long bytes) => records >= Records || bytes >= Bytes;

    /// <summary>Whether a paused partition may go on. Pausing makes the client fetch again what it had, so the mark is far below the other.</summary>
    public bool HasRoomAgain(int records, long bytes) => records <= Records / 2 && bytes <= Bytes / 2;
}
