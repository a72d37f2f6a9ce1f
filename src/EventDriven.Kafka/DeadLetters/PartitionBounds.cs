namespace EventDriven.Kafka.DeadLetters;

/// <summary>A partition between two offsets.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Start">The offset of the first record.</param>
/// <param name="End">The offset after the last.</param>
internal readonly record struct PartitionBounds(int Partition, long Start, long End)
{
    /// <summary>What a filter leaves of it.</summary>
    public PartitionBounds Within(DeadLetterFilter? filter) => filter is null
        ? this
        : filter.Partition is { } only && only != Partition
            ? this with { End = Start }
            : this with { Start = Math.Max(Start, filter.FromOffset ?? Start), End = Math.Min(End, filter.BeforeOffset ?? End) };
}
