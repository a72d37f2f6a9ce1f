namespace EventDriven.Testing;

/// <summary>What a partition holds: from the first offset to before the last one.</summary>
/// <param name="Low">The offset of the oldest record.</param>
/// <param name="High">The offset that the next record gets.</param>
internal readonly record struct Watermarks(long Low, long High);
