namespace EventDriven.Kafka.Consuming;

/// <summary>The event at which a partition stopped.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Attempts">How many attempts were made at it.</param>
/// <param name="Error">Why the last one failed.</param>
/// <param name="IsLethal">Whether the process itself is in trouble.</param>
internal sealed record StoppedAt(long Offset, int Attempts, Exception Error, bool IsLethal = false);
