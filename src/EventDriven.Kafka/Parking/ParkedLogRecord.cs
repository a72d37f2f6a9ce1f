namespace EventDriven.Kafka.Parking;

/// <summary>An entry where it stands in its log.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="TimestampMs">When it was written, in milliseconds since the Unix epoch; negative where unknown.</param>
/// <param name="Size">What it weighs in memory, in bytes.</param>
/// <param name="Entry">What it says.</param>
internal readonly record struct ParkedLogRecord(long Offset, long TimestampMs, int Size, ParkedEntry Entry);
