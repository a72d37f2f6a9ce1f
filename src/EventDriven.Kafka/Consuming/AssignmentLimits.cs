namespace EventDriven.Kafka.Consuming;

/// <summary>How much one partition may hold before it is paused: its share of the consumer's budget, but always at least one record (I7).</summary>
internal readonly record struct AssignmentLimits(int Records, long Bytes)
{
    public static AssignmentLimits Share(EventConsumerOptions options, int partitions) => new(
        Math.Max(1, options.MaxBufferedRecords / Math.Max(1, partitions)),
        Math.Max(1, options.MaxBufferedBytes / Math.Max(1, partitions)));

    public bool IsFull(int records, long bytes) => records >= Records || bytes >= Bytes;

    /// <summary>Whether there is room for so little that it would be asked for in small pieces.</summary>
    public bool IsNearlyFull(int records, long bytes) => records > Records - (Records / 32) || bytes > Bytes - (Bytes / 32);

    /// <summary>Whether a full partition that was not paused may go on: with room for more than a few records.</summary>
    public bool HasRoom(int records, long bytes) => records <= Records - (Records / 8) && bytes <= Bytes - (Bytes / 8) && !IsFull(records, bytes);

    /// <summary>Whether a paused partition may go on. Pausing makes the client fetch again what it had, so the mark is far below the other.</summary>
    public bool HasRoomAgain(int records, long bytes) => records <= Records / 2 && bytes <= Bytes / 2;
}
